"""Which web pages may call. Without this, any site a person visits could act in that person's name."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}


def allowed(connection: HTTPConnection, public: Collection[str]) -> bool:
    """Tell whether the page behind this request is ours or one of ``public``; programs send no origin and may call.

    A request that only reads is checked as well if it names an origin: its answer would be readable there.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        foreign = connection.headers.get("sec-fetch-site") == "cross-site"
        return connection.scope["method"] in _READING or not foreign
    # A browser says so itself, and no page can; a proxy may have changed the name in Host.
    if origin in public or connection.headers.get("sec-fetch-site") == "same-origin":
        return True
    caller = _address(origin)
    # Behind a proxy that ends TLS we see http where the browser sees https: the default port follows the origin.
    own = _address(f"{origin.partition(':')[0]}://{connection.headers.get('host', '')}")
    # ``null`` and what is no address at all match nothing, not even each other.
    return caller is not None and caller == own


def _address(origin: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(origin)
        if parts.scheme not in _PORTS or not parts.hostname:
            return None
        return parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None
