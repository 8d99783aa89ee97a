"""Secrets that people carry: session cookies and API tokens. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

# Tells a leaked token from any other string, for people and for secret scanners.
TOKEN_PREFIX = "st_"  # noqa: S105 - the public beginning of every token, not a token
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """Return 256 bits of chance as 43 characters."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """Return a fresh API token."""
    return TOKEN_PREFIX + new_key()


def well_formed(key: str) -> bool:
    """Tell whether this could be one of our keys."""
    return _SHAPE.fullmatch(key) is not None


def hashed(key: str) -> str:
    """Return what is stored of a key. A key of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def now() -> str:
    """Return the present time, UTC ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def after(span: timedelta) -> str:
    """Return the time ``span`` from now, UTC ISO 8601."""
    return (datetime.now(UTC) + span).isoformat(timespec="seconds")
