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
    """

    kind: Kind
    value: str = ""


_READ = ("GET", "HEAD")
_A = "/gradio_api"
# Left out, and so refused: /login /logout /monitoring* /gradio_api/{token, dev/reload, runs, run-history/*, deep_link,
# custom_component/*, proxy=*, component_server, process_recording, vibe-*, undo-vibe-edit, profiling/*}.
_TABLE: tuple[tuple[tuple[str, ...], Kind, re.Pattern[str]], ...] = tuple(
    (methods, kind, re.compile(pattern))
    for methods, kind, pattern in (
        (_READ, Kind.STATIC, r"/(?:svelte|static|assets)/.+"),
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
        (("POST",), Kind.EVENT, rf"{_A}/stream/([^/]+)(?:/close)?"),
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


def recognise(method: str, path: str) -> Transport | None:
    """Return what this request is, or None for a route that nobody may use."""
    for methods, kind, pattern in _TABLE:
        found = pattern.fullmatch(path)
        if found and method in methods:
            return Transport(kind=kind, value=found.group(1) if pattern.groups else "")
    return None
