"""Every route of Gradio 6.31 (``gradio/routes.py``) and what the gate asks of it. What is not listed is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a route does, as far as permission is concerned. RUN goes by number or name, NAMED by name alone."""

    STATIC = "static"
    PAGE = "page"
    RUN = "run"
    NAMED = "named"
    EVENT = "event"
    SESSION = "session"
    CANCEL = "cancel"
    FILE = "file"
    UPLOAD = "upload"
    UPLOAD_PROGRESS = "upload_progress"
    MCP = "mcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """A route that was recognised.

    Attributes:
        kind: what the gate has to check.
        value: the function's name, the event, the session or the file that the path itself names; or empty.
        stream: the answer stays open, for as long as the caller likes.
        by_keyword: the body names the function's inputs, one key each.
    """

    kind: Kind
    value: str = ""
    stream: bool = False
    by_keyword: bool = False


_READ = ("GET", "HEAD")
_A = "/gradio_api"
# Left out, and so refused: /login /logout /monitoring* /gradio_api/{token, dev/reload, runs, run-history/*, deep_link,
# custom_component/*, proxy=*, component_server, process_recording, vibe-*, undo-vibe-edit, profiling/*}, and POST
# /gradio_api/stream/EVENT, which gives an accepted event other inputs than the checked ones.
_TABLE: tuple[tuple[tuple[str, ...], Kind, re.Pattern[str]], ...] = tuple(
    (methods, kind, re.compile(pattern))
    for methods, kind, pattern in (
        (_READ, Kind.STATIC, r"/(?:svelte|static|assets)(?:/[A-Za-z0-9_.@~+-]{1,200}){1,10}"),
        (_READ, Kind.STATIC, r"/(?:favicon\.ico|robots\.txt|manifest\.json|theme\.css|pwa_icon(?:/\d+)?)"),
        (_READ, Kind.STATIC, rf"{_A}/(?:theme\.css|app_id|startup-events)/?"),
        (_READ, Kind.PAGE, r"/"),
        (_READ, Kind.PAGE, r"/config/?"),
        (_READ, Kind.PAGE, rf"{_A}/(?:info|user|login_check)/?"),
        (_READ, Kind.PAGE, rf"{_A}/(?:openapi\.json|queue/status)"),
        (("POST",), Kind.RUN, rf"{_A}/(?:run|api)/([^/]+)/?"),
        (("POST",), Kind.RUN, rf"{_A}/queue/join()"),
        (("POST",), Kind.NAMED, rf"{_A}/call/(?:v2/)?([^/]+)/?"),
        (("GET",), Kind.EVENT, rf"{_A}/call/(?:v2/)?[^/]+/([^/]+)"),
        (("POST",), Kind.EVENT, rf"{_A}/stream/([^/]+)/close"),
        (("GET",), Kind.SESSION, rf"{_A}/queue/data()"),
        (("GET",), Kind.SESSION, rf"{_A}/heartbeat/([^/]+)"),
        (("GET",), Kind.SESSION, rf"{_A}/stream/([^/]+)/[^/]+/[^/]+/[^/]+"),
        (("POST",), Kind.CANCEL, rf"{_A}/(?:cancel|reset/?)"),
        (_READ, Kind.FILE, rf"{_A}/file[=/](.+)"),
        (("POST",), Kind.UPLOAD, rf"{_A}/upload"),
        (("GET",), Kind.UPLOAD_PROGRESS, rf"{_A}/upload_progress"),
        (("GET", "POST", "DELETE"), Kind.MCP, rf"{_A}/mcp(?:/.*)?"),
    )
)

# Bytes of a body that is JSON; pictures come as files. What is not listed takes no body.
_BODIES = {Kind.RUN: 256 * 2**10, Kind.NAMED: 256 * 2**10, Kind.MCP: 256 * 2**10, Kind.CANCEL: 4 * 2**10}
OWN_BODY = 64 * 2**10
_STREAMS = frozenset({Kind.EVENT, Kind.SESSION, Kind.UPLOAD_PROGRESS})


def largest_body(method: str, transport: Transport | None, largest_upload: int) -> int:
    """Return the bytes a body may have; ``None`` is a route of our own."""
    if method not in {"POST", "PUT", "PATCH"}:
        return 0
    if transport is None:
        return OWN_BODY
    return largest_upload if transport.kind is Kind.UPLOAD else _BODIES.get(transport.kind, 0)


def recognise(method: str, path: str) -> Transport | None:
    """Return what this request is, or None for a route that nobody may use."""
    for methods, kind, pattern in _TABLE:
        match = pattern.fullmatch(path)
        if match and method in methods:
            stream = kind is Kind.MCP or (method == "GET" and kind in _STREAMS)
            value = match.group(1) if pattern.groups else ""
            return Transport(kind=kind, value=value, stream=stream, by_keyword=path.startswith(f"{_A}/call/v2/"))
    return None
