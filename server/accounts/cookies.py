"""Our cookies: the session of an account, the owner's, and the one that keeps a visitor's runs their own."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import HTTPConnection

VISITOR_LIFE = timedelta(days=365)
# Where the gate says in a request's scope whether the page is shown in a frame of huggingface.co, as on a Space.
FRAMED_KEY = "show_and_tell.framed"


def cookie(connection: HTTPConnection, name: str, value: str, life: timedelta) -> str:
    """Return the value of a ``Set-Cookie`` header. An empty ``value`` deletes the cookie.

    In a frame of another site a browser sends only ``SameSite=None`` cookies, and keeps them apart per embedding site
    if they are ``Partitioned``. Everywhere else Lax keeps other sites from acting in a person's name.
    """
    root = connection.scope.get("root_path") or "/"
    parts = [f"{name}={value}", f"Path={root}", "HttpOnly", f"Max-Age={int(life.total_seconds()) if value else 0}"]
    if connection.scope.get(FRAMED_KEY):
        parts += ["SameSite=None", "Secure", "Partitioned"]
    else:
        parts.append("SameSite=Lax")
        if connection.url.scheme == "https":
            parts.append("Secure")
    return "; ".join(parts)
