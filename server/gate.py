"""The gate: ASGI middleware in front of every route. Hidden is not protected; what is not declared is refused.

The second line stands behind it: the studio checks the same actor once more for every request it accepts.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.actions import Actor
from core.errors import StorageFullError, StudioError
from server import bodies, origins, response_headers
from server.addresses import ADDRESS_KEY, current_key
from server.checks import Refused, check
from server.cookies import VISITOR_LIFE, cookie
from server.identity import SCOPE_KEY, SESSION_COOKIE, VISITOR_COOKIE, Identity, UnknownKeyError
from server.public_root import link, route_path
from server.refusals import from_error, refusal
from server.rules import Rules
from server.shown_files import FileWatcher
from server.transports import Kind, Transport, recognise

_log = logging.getLogger(__name__)

# Ours, and usable by whoever shows a dead session: to sign in again, and to ask whether the program lives.
_UNGUARDED = frozenset({"/sign-in", "/sign-out", "/owner", "/healthz", "/readyz"})
# Answers whatever happens to the threads and the database, which saying who asks would need.
_NAMELESS = frozenset({"/healthz"})
_JSON_KINDS = frozenset({Kind.RUN, Kind.NAMED, Kind.CANCEL, Kind.MCP})
_DECISIONS = (Refused, UnknownKeyError, bodies.BodyTooLargeError, bodies.MalformedBodyError, StudioError)
# What a disk says that takes no more: nobody's mistake, and it passes.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_ROOM = "The disk is full, so nothing was accepted. Please try again later."
_WATCHED = frozenset({Kind.PAGE, Kind.RUN, Kind.NAMED, Kind.EVENT, Kind.SESSION, Kind.UPLOAD})


_FOREIGN = (
    "Requests from this web page are not accepted here. If it is this program's own page: the proxy in front of it has "
    "to pass the name on (docs/proxy.md)."
)


class Gate:
    """Decides about every request before Gradio sees it."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # No transport of ours is a websocket.
        connection = HTTPConnection(scope)
        answer = _Answer(send, connection)
        try:
            await self._pass(scope, receive, answer, connection)
        except _DECISIONS as error:
            await answer.refuse(self._reply(connection, error))
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _FULL and not answer.started:
                await answer.refuse(from_error(StorageFullError(_NO_ROOM)))
                return
            # Gradio answers some requests for private functions with an exception; a caller gets a sentence.
            if answer.started:
                raise
            _log.exception("%s %s broke", scope["method"], scope["path"])
            sentence = "Something went wrong here. The log of this server has the details."
            await answer.refuse(refusal(500, "failed", sentence))

    def _reply(self, connection: HTTPConnection, error: Exception) -> Response:
        match error:
            case bodies.BodyTooLargeError():
                return refusal(413, "too_large", f"The request is larger than {self._rules.largest_body} bytes.")
            case UnknownKeyError():
                return _unknown_key(connection, error)
            case Refused():
                return _refused(connection, error)
            case StudioError():
                return from_error(error)
            case _:
                return refusal(400, "invalid_request", "The body has to be one JSON object.")

    async def _pass(self, scope: Scope, receive: Receive, answer: _Answer, connection: HTTPConnection) -> None:
        rules, path = self._rules, route_path(scope)
        if not origins.allowed(connection, rules.public_origins):
            raise Refused(403, "foreign_origin", _FOREIGN)
        receive = bodies.bounded(scope, receive, rules.largest_body)
        own = any(route.matches(scope)[0] is Match.FULL for route in rules.own)
        transport = None if own else recognise(scope["method"], path)
        if transport is None and not own:
            raise Refused(404, "not_found", "There is nothing at this address.")
        scope[ADDRESS_KEY] = rules.addresses.of(connection)
        if not (own and path in _NAMELESS) and (transport is None or transport.kind is not Kind.STATIC):
            identity = await self._identify(connection, lenient=own and path in _UNGUARDED)
            scope[SCOPE_KEY] = identity
            answer.identity = identity
            if transport is not None and identity is not None:
                actor = await anyio.to_thread.run_sync(rules.access.actor, identity.name)
                receive = await self._check(actor, transport, connection, receive)
                answer.watch = self._watcher(actor, transport, current_key(connection))
        await self._app(scope, receive, answer.send)

    async def _identify(self, connection: HTTPConnection, *, lenient: bool) -> Identity | None:
        with contextlib.suppress(*((UnknownKeyError,) if lenient else ())):
            return await anyio.to_thread.run_sync(self._rules.identities.identify, connection)
        return None

    async def _check(self, actor: Actor, transport: Transport, connection: HTTPConnection, receive: Receive) -> Receive:
        body: dict[str, Any] = {}
        if transport.kind in _JSON_KINDS and connection.scope["method"] == "POST":
            raw, receive = await bodies.whole(receive)
            body = bodies.json_object(raw)
        check(self._rules, actor, transport, connection, body)
        return receive

    def _watcher(
        self, actor: Actor, transport: Transport, sender: str
    ) -> Callable[[str], Callable[[bytes, bool], None]] | None:
        """Return what learns from the reply which files and events are now this person's."""
        if transport.kind not in _WATCHED:
            return None
        belongings, deliveries = self._rules.belongings, self._rules.deliveries

        def begin(content_type: str) -> Callable[[bytes, bool], None]:
            files = FileWatcher(content_type, upload=transport.kind is Kind.UPLOAD)

            def learn(piece: bytes, last: bool) -> None:
                found = files.feed(piece, last=last)
                belongings.show(actor.name, found)
                if transport.kind is Kind.UPLOAD and found:
                    deliveries.add(actor, sender, len(found) - 1)
                if transport.kind in {Kind.RUN, Kind.NAMED} and piece:
                    with contextlib.suppress(ValueError):
                        match json.loads(piece):
                            case {"event_id": str(event)}:
                                belongings.claim("event", event, actor.name)

            return learn

        return begin


class _Answer:
    """The way back to the caller: headers, the visitor's cookie, and a look at what is handed out."""

    def __init__(self, send: Send, connection: HTTPConnection) -> None:
        self._send = send
        self._connection = connection
        self.started = False
        self._learn: Callable[[bytes, bool], None] | None = None
        self.identity: Identity | None = None
        self.watch: Callable[[str], Callable[[bytes, bool], None]] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            response_headers.secure(headers)
            if self.identity and self.identity.new_visitor:
                value = cookie(self._connection, VISITOR_COOKIE, self.identity.new_visitor, VISITOR_LIFE)
                headers.append("Set-Cookie", value)
            if self.watch:
                if message["status"] < 400:
                    self._learn = self.watch(headers.get("content-type", ""))
                response_headers.private(headers)
        elif message["type"] == "http.response.body" and self._learn:
            # Learn first: the caller may ask for a file the moment it reads the name.
            self._learn(message.get("body", b""), not message.get("more_body", False))
        await self._send(message)

    async def refuse(self, response: Response) -> None:
        if self.started:
            _log.warning("a request to %s was broken off", self._connection.url.path)
            return
        self.watch = None

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await response(self._connection.scope, nothing, self.send)


def _wants_page(connection: HTTPConnection) -> bool:
    return route_path(connection.scope) == "/" and "text/html" in connection.headers.get("accept", "")


def _unknown_key(connection: HTTPConnection, error: UnknownKeyError) -> Response:
    response: Response = refusal(401, error.code, str(error), headers={"WWW-Authenticate": "Bearer"})
    if _wants_page(connection) and error.code == "session_ended":
        response = RedirectResponse(link(connection, "/sign-in"), status_code=303)
        response.headers.append("Set-Cookie", cookie(connection, SESSION_COOKIE, "", VISITOR_LIFE))
    return response


def _refused(connection: HTTPConnection, error: Refused) -> Response:
    if error.code == "not_permitted" and _wants_page(connection):
        return RedirectResponse(link(connection, "/sign-in"), status_code=303)
    reply: JSONResponse = refusal(error.status, error.code, str(error))
    return reply


@contextlib.asynccontextmanager
async def without_reflection(app: Any) -> AsyncIterator[None]:
    """Lifespan that takes out Gradio's own CORS middleware, which answers any origin with its own name.

    It lies outside of every middleware that ``launch()`` takes, so the gate cannot correct its headers.
    """
    app.user_middleware = [m for m in app.user_middleware if m.cls.__name__ != "CustomCORSMiddleware"]
    app.middleware_stack = None
    yield
