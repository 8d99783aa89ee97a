"""One check per kind of route. Each returns if the request may pass, else raises Refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection

from core.actions import Action, Actor
from core.errors import NotPermittedError
from core.requests import bringing
from server.addresses.visitor import current_key
from server.gate.context import Rules
from server.gate.routes import Kind, Transport
from server.limits.shown_files import named_files, plainly_local
from server.refusals import Refused

_LONGEST_KEY = 200
_Body = dict[str, Any]
_TEXT, _NUMBER = (str, type(None)), (int, type(None))
# What Gradio knows of a call beside its values. A batch is what Gradio itself makes of several calls, never a caller.
_ENVELOPE: Mapping[str, tuple[tuple[type, ...], str]] = {
    "data": ((list,), "a list"),
    "event_id": (_TEXT, "text or null"),
    "oauth_token": (_TEXT, "text or null"),
    "trigger_id": (_NUMBER, "a whole number or null"),
    "simple_format": ((bool,), "true or false"),
    "batched": ((type(None),), "left out"),
}


def check_address(rules: Rules, actor: Actor, transport: Transport) -> None:
    """Decide, before the body is read, by what the address alone tells. Raises Refused."""
    if transport.kind is Kind.NAMED:
        _require_function(rules, actor, _named(rules, transport))
    elif transport.kind is Kind.MCP:
        _require_mcp(rules, actor)


def check(rules: Rules, actor: Actor, transport: Transport, connection: HTTPConnection, body: _Body) -> None:
    """Decide about one request.

    Args:
        rules: what the gate decides by.
        actor: who asks.
        transport: which route.
        connection: path and query.
        body: the JSON of calls, cancellations and MCP messages; else empty.

    Raises:
        Refused: with status, code and sentence.
        LimitReachedError, StorageError: another upload is too much now.
    """
    _CHECKS[transport.kind](rules, actor, transport, connection, body)


def _page(rules: Rules, actor: Actor, _: Transport, connection: HTTPConnection, __: _Body) -> None:
    _require(rules, actor, Action.OPEN_PAGE)
    if "deep_link" in connection.query_params:
        # Gradio would show the whole session of the person who made the link.
        raise Refused(404, "not_found", "Links into somebody's session are not offered here.")
    if any(connection.query_params.getlist("page")):
        raise Refused(404, "not_found", "There is one page here, and it has no name.")


def _call(rules: Rules, actor: Actor, transport: Transport, _: HTTPConnection, body: _Body) -> None:
    # Exactly as Gradio decides which function it runs: some routes go by the name alone, the others by number first.
    function = body.get("fn_index") if transport.kind is Kind.RUN else None
    if function is None:
        function = _named(rules, transport)
    # ``True`` counts as 1 in Python, and Gradio would read "1" and 1.0 as 1: one way to write a number is enough.
    if type(function) is not int:
        raise Refused(404, "unknown_function", "There is no function of that name.")
    _require_function(rules, actor, function)
    if not transport.by_keyword:
        _require_envelope(body)
    _own_files(rules, actor, body)
    # Last, so that a refused request leaves nothing behind.
    session = body.get("session_hash")
    if session is not None:
        _claim(rules, actor, "session", session)


def _own_files(rules: Rules, actor: Actor, body: _Body) -> None:
    for file in named_files(body):
        path = file.get("path")
        if not plainly_local(file):
            raise Refused(400, "invalid_request", "Files are not fetched from addresses here; upload the file itself.")
        if isinstance(path, str) and not rules.belongings.was_shown(actor.name, path):
            raise Refused(403, "not_your_file", "This request names a file that you did not upload or receive.")


def _named(rules: Rules, transport: Transport) -> int:
    function = rules.names.get(transport.value)
    if function is None or (transport.by_keyword and rules.keyword is not None and function not in rules.keyword):
        raise Refused(404, "unknown_function", "There is no function of that name.")
    return function


def _require_envelope(body: _Body) -> None:
    if "data" not in body:
        raise Refused(422, "invalid_request", "data is missing: the list of the function's inputs.")
    for key, (kinds, allowed) in _ENVELOPE.items():
        # False is what clients of Gradio send for ``batched``; True is no whole number here.
        value = body.get(key) or None if key == "batched" else body.get(key, ...)
        if value is ... or (isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))):
            continue
        raise Refused(422, "invalid_request", f"{key} has to be {allowed}.")


def _session(rules: Rules, actor: Actor, transport: Transport, connection: HTTPConnection, _: _Body) -> None:
    # A heartbeat opens a session and the page's functions use it; results can be read only after that.
    if transport.value:
        _claim(rules, actor, "session", transport.value)
        return
    named = connection.query_params.getlist("session_hash")
    if len(named) != 1:
        raise Refused(400, "invalid_request", "session_hash has to be given once.")
    _owned(rules, actor, "session", named[0])


def _event(rules: Rules, actor: Actor, transport: Transport, _: HTTPConnection, __: _Body) -> None:
    _owned(rules, actor, "event", transport.value)


def _cancel(rules: Rules, actor: Actor, _: Transport, connection: HTTPConnection, body: _Body) -> None:
    # /reset names the event alone, /cancel the session and the function as well.
    if connection.url.path.endswith("/cancel") or "session_hash" in body:
        _owned(rules, actor, "session", body.get("session_hash"))
        if type(body.get("fn_index")) is not int:
            raise Refused(422, "invalid_request", "fn_index has to be a whole number.")
    _owned(rules, actor, "event", body.get("event_id"))


def _file(rules: Rules, actor: Actor, transport: Transport, _: HTTPConnection, __: _Body) -> None:
    if not rules.belongings.was_shown(actor.name, transport.value):
        # The same words whether the file exists or not.
        raise Refused(404, "not_found", "There is no such file that you may see.")


def _upload(rules: Rules, actor: Actor, _: Transport, connection: HTTPConnection, __: _Body) -> None:
    _upload_progress(rules, actor, _, connection, __)
    # Last, so that a refused request is not counted.
    rules.require_room()
    rules.deliveries.admit(actor, current_key(connection))


def _upload_progress(rules: Rules, actor: Actor, _: Transport, connection: HTTPConnection, __: _Body) -> None:
    _require(rules, actor, bringing(actor))
    named = connection.query_params.getlist("upload_id")
    if len(named) > 1:
        raise Refused(400, "invalid_request", "upload_id has to be given once.")
    # The page asks after the progress of an upload without a name, which Gradio does not track, with an empty one.
    if named and named[0]:
        _claim(rules, actor, "upload", named[0])


def _mcp(rules: Rules, actor: Actor, _: Transport, connection: HTTPConnection, body: _Body) -> None:
    tools = _require_mcp(rules, actor)
    method = body.get("method", "")
    if connection.scope["method"] == "POST":
        _require_message(body, method)
    if method == "tools/call":
        parameters = body.get("params")
        name = parameters.get("name") if isinstance(parameters, dict) else None
        _require_function(rules, actor, tools.get(str(name), -1))
        _own_files(rules, actor, body)
    elif method not in {"", "initialize", "ping", "tools/list"} and not method.startswith("notifications/"):
        raise Refused(403, "not_permitted", "Only tools are offered by MCP here.")


def _require_message(body: _Body, method: object) -> None:
    # An answer of the caller's has no method, but a result or an error.
    answer = "result" in body or "error" in body
    if body.get("jsonrpc") != "2.0" or not isinstance(method, str) or not (method or answer):
        raise Refused(400, "invalid_request", "The body has to be one message of JSON-RPC 2.0, its method text.")
    if not isinstance(body.get("params", {}), dict) or type(body.get("id", "")) not in {str, int}:
        raise Refused(400, "invalid_request", "params has to be an object, and id text or a whole number.")


def _require_mcp(rules: Rules, actor: Actor) -> Mapping[str, int]:
    if rules.tools is None:
        raise Refused(404, "not_found", "MCP is switched off here.")
    _require(rules, actor, Action.OPEN_PAGE)
    return rules.tools


def _require_function(rules: Rules, actor: Actor, function: int) -> None:
    action = rules.permissions.get(function)
    if action is None:
        raise Refused(403, "undeclared_function", "This function is not offered to anybody.")
    _require(rules, actor, action)


def _require(rules: Rules, actor: Actor, action: Action) -> None:
    try:
        rules.access.require(actor, action)
    except NotPermittedError as error:
        raise Refused(403, error.code, str(error)) from error


def _claim(rules: Rules, actor: Actor, kind: str, key: object) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        raise Refused(400, "invalid_request", f"The name of this {kind} has to be text of 1 to {_LONGEST_KEY} signs.")
    if not rules.belongings.claim(kind, key, actor.name):
        raise Refused(403, "not_yours", f"This {kind} belongs to somebody else, or has ended. Please reload the page.")


def _owned(rules: Rules, actor: Actor, kind: str, key: object) -> None:
    if not isinstance(key, str) or not rules.belongings.owns(kind, key, actor.name):
        raise Refused(403, "not_yours", f"There is no such {kind} of yours.")


_CHECKS: Mapping[Kind, Callable[[Rules, Actor, Transport, HTTPConnection, _Body], None]] = {
    Kind.PAGE: _page,
    Kind.RUN: _call,
    Kind.NAMED: _call,
    Kind.EVENT: _event,
    Kind.SESSION: _session,
    Kind.CANCEL: _cancel,
    Kind.FILE: _file,
    Kind.UPLOAD: _upload,
    Kind.UPLOAD_PROGRESS: _upload_progress,
    Kind.MCP: _mcp,
}
