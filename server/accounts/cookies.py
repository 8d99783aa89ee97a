"""Our cookies: the session of an account, the owner's, and the one that keeps a visitor's runs their own."""

from __future__ import annotations

import os
from datetime import timedelta

from starlette.requests import HTTPConnection

VISITOR_LIFE = timedelta(days=365)


def on_space() -> bool:
    """Tell whether this runs as a Hugging Face Space, where the page sits in a frame of huggingface.co."""
    return bool(os.environ.get("SPACE_ID"))


def cookie(connection: HTTPConnection, name: str, value: str, life: timedelta) -> str:
    """Return the value of a ``Set-Cookie`` header. An empty ``value`` deletes the cookie.

    In a frame of another site a browser sends only ``SameSite=None`` cookies, and keeps them apart per embedding site
    if they are ``Partitioned``. Everywhere else Lax keeps other sites from acting in a person's name.
    """
    root = connection.scope.get("root_path") or "/"
    parts = [f"{name}={value}", f"Path={root}", "HttpOnly", f"Max-Age={int(life.total_seconds()) if value else 0}"]
    if on_space():
        parts += ["SameSite=None", "Secure", "Partitioned"]
    else:
        parts.append("SameSite=Lax")
        if connection.url.scheme == "https":
            parts.append("Secure")
    return "; ".join(parts)
