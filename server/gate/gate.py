"""The gate: ASGI middleware in front of every route. Hidden is not protected; what is not declared is refused.

The studio checks the same actor once more for every request it accepts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from core.actions import Actor
from core.people import GUEST
from server.accounts.cookies import FRAMED_KEY
from server.accounts.identity import SCOPE_KEY, Identity, UnknownKeyError
from server.addresses.public_root import route_path
from server.addresses.visitor import ADDRESS_KEY, current_key
from server.gate import bodies, heads, origins
from server.gate.answers import Answer, Learn
from server.gate.checks import check, check_address
from server.gate.context import Rules
from server.gate.replies import reply_to
from server.gate.routes import Kind, Transport, largest_body, recognise
from server.limits import connections
from server.limits.shown_files import FileWatcher
from server.refusals import Refused, refusal

_log = logging.getLogger(__name__)

# Our routes that a request with an ended session may use: to sign in again, and to ask whether the program runs.
_UNGUARDED = frozenset({"/sign-in", "/sign-out", "/owner", "/healthz", "/readyz"})
# Answered without looking up who asks, so that it works while the threads or the database do not.
_NAMELESS = frozenset({"/healthz"})
_JSON_KINDS = frozenset({Kind.RUN, Kind.NAMED, Kind.CANCEL, Kind.MCP})
_FOREIGN = (
    "Requests from this web page are not accepted here. If it is this program's own page: the proxy in front of it has "
    "to pass the name on (docs/proxy.md)."
)
_NO_FILE = "A part of this form is no file: each needs the name files, and a filename."
_GRADIOS = frozenset({"CustomCORSMiddleware", "BrotliMiddleware"})
_WATCHED = frozenset({Kind.PAGE, Kind.RUN, Kind.NAMED, Kind.EVENT, Kind.SESSION, Kind.UPLOAD})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where."""

    actor: Actor
    address: str


class Gate:
    """Decides about every request before Gradio sees it."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        # Reading a large body must not use up the threads that everything else runs in.
        self._readers = anyio.CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            # No transport of ours is a websocket.
            await send({"type": "websocket.close", "code": 1008})
            return
        scope[FRAMED_KEY] = self._rules.framed
        connection = HTTPConnection(scope)
        answer = Answer(send, connection)
        try:
            await self._pass(scope, receive, answer, connection)
        except ClientDisconnect:
            # Nobody is left who could be told.
            _log.info("%s %r was broken off by its sender", scope["method"], scope["path"])
        except Exception as error:
            # Whatever goes wrong in the application, a caller gets a sentence.
            if await answer.broken_off():
                return
            reply = reply_to(connection, error)
            if answer.started:
                raise
            if reply is None:
                _log.exception("%s %r broke", scope["method"], scope["path"])
                sentence = "Something went wrong here. The log of this server has the details."
                reply = refusal(500, "failed", sentence)
            await answer.refuse(reply)

    async def _pass(self, scope: Scope, receive: Receive, answer: Answer, connection: HTTPConnection) -> None:
        rules, path = self._rules, route_path(scope)
        if not origins.allowed(connection, rules.public_origins):
            raise Refused(403, "foreign_origin", _FOREIGN)
        own = any(route.matches(scope)[0] is Match.FULL for route in rules.own)
        transport = None if own else recognise(scope["method"], path)
        if transport is None and not own:
            raise Refused(404, "not_found", "There is nothing at this address.")
        most = largest_body(scope["method"], transport, rules.largest_body)
        heads.check(scope, most)
        receive = bodies.bounded(receive, most)
        scope[ADDRESS_KEY] = rules.addresses.of(connection)
        if transport is None and path not in _NAMELESS:
            answer.identity = scope[SCOPE_KEY] = await self._identify(connection, lenient=path in _UNGUARDED)
            if most:
                name = answer.identity.name if answer.identity else GUEST
                with rules.streams.open(name, current_key(connection)):
                    receive = await self._own_body(connection, receive)
        elif transport is not None and transport.kind is not Kind.STATIC:
            answer.identity = scope[SCOPE_KEY] = identity = await self._identity(connection)
            actor = await anyio.to_thread.run_sync(rules.access.actor, identity.name)
            caller = Caller(actor, current_key(connection))
            with self._held(caller, transport, most):
                receive = await self._check(caller, transport, connection, receive)
                answer.watch = self._watcher(caller, transport)
                with rules.sessions.open(_session(transport, connection)):
                    await self._forward(transport, scope, receive, answer)
            return
        await self._app(scope, receive, answer.send)

    async def _forward(self, transport: Transport, scope: Scope, receive: Receive, answer: Answer) -> None:
        try:
            await self._app(scope, receive, answer.send)
        except (TypeError, ValueError) as error:
            if transport.kind is Kind.UPLOAD and isinstance(error, TypeError):
                raise Refused(422, "invalid_request", _NO_FILE) from error
            # For inputs given by name, Gradio raises an exception that says what does not fit.
            if answer.started or not transport.by_keyword:
                raise
            raise Refused(422, "invalid_request", f"{str(error)[:300].rstrip('.')}.") from error

    def _held(self, caller: Caller, transport: Transport, most: int) -> AbstractContextManager[None]:
        if not (transport.stream or most):
            return contextlib.nullcontext()
        return self._rules.streams.open(caller.actor.name, caller.address)

    async def _identify(self, connection: HTTPConnection, *, lenient: bool) -> Identity | None:
        with contextlib.suppress(*((UnknownKeyError,) if lenient else ())):
            return await self._identity(connection)
        return None

    async def _identity(self, connection: HTTPConnection) -> Identity:
        return await anyio.to_thread.run_sync(self._rules.identities.identify, connection)

    async def _own_body(self, connection: HTTPConnection, receive: Receive) -> Receive:
        """Read the body of a route of ours, so that it meets nothing that is no JSON where JSON is promised."""
        raw, receive = await bodies.whole(receive)
        if raw and bodies.is_json(connection.headers.get("content-type", "")):
            await bodies.require_json(raw, self._readers)
        return receive

    async def _check(
        self, caller: Caller, transport: Transport, connection: HTTPConnection, receive: Receive
    ) -> Receive:
        check_address(self._rules, caller.actor, transport)
        body: dict[str, Any] = {}
        content_type = connection.headers.get("content-type", "")
        if transport.kind in _JSON_KINDS and connection.scope["method"] == "POST":
            raw, receive = await bodies.whole(receive)
            body = await bodies.json_object(raw, content_type, self._readers)
        elif transport.kind is Kind.UPLOAD:
            receive = bodies.few_parts(receive, content_type)
        check(self._rules, caller.actor, transport, connection, body)
        session = transport.value if transport.kind is Kind.SESSION else body.get("session_hash")
        if isinstance(session, str) and transport.kind is not Kind.CANCEL:
            await self._rules.sessions.use(session, caller.actor.name, caller.address)
        return receive

    def _watcher(self, caller: Caller, transport: Transport) -> Callable[[str], Learn] | None:
        """Return what learns from the reply which files and events are now this person's."""
        if transport.kind not in _WATCHED:
            return None
        name, rules = caller.actor.name, self._rules

        def begin(content_type: str) -> Learn:
            files = FileWatcher(content_type, upload=transport.kind is Kind.UPLOAD)

            async def learn(piece: bytes, last: bool) -> None:
                take = partial(files.feed, piece, last=last)
                paths = await anyio.to_thread.run_sync(take) if files.large(piece) else take()
                rules.belongings.show(name, paths)
                if transport.kind is Kind.UPLOAD and paths:
                    rules.deliveries.add(caller.actor, caller.address, len(paths) - 1)
                if transport.kind in {Kind.RUN, Kind.NAMED} and piece:
                    with contextlib.suppress(ValueError):
                        match json.loads(piece):
                            case {"event_id": str(event)}:
                                rules.belongings.claim("event", event, name)
                                if transport.kind is Kind.NAMED:
                                    # Without a session of the caller's, the event is one.
                                    await rules.sessions.use(event, name, caller.address)

            return learn

        return begin


def _session(transport: Transport, connection: HTTPConnection) -> str:
    """Return the session an answer that stays open belongs to, or an empty name."""
    if not transport.stream:
        return ""
    return transport.value or connection.query_params.get("session_hash", "")


@contextlib.asynccontextmanager
async def own_middleware_alone(app: Any) -> AsyncIterator[None]:
    """Lifespan that takes out Gradio's own middleware, which lies outside of every middleware that ``launch()`` takes.

    Its CORS answers any origin with its own name, and the gate could not correct that. Its compression goes by the
    ending of the address: it packs scripts anew for each visitor, parts of files as well, and never the page.
    """
    connections.take_few_at_once(asyncio.get_running_loop())
    app.user_middleware = [m for m in app.user_middleware if m.cls.__name__ not in _GRADIOS]
    app.middleware_stack = None
    yield
