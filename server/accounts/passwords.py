"""Passwords: hashed slowly, with the parameters inside the hash so that they can grow."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading

from core.errors import InvalidRequestError

SHORTEST = 12
LONGEST = 200
# Source: OWASP Password Storage Cheat Sheet, scrypt: N=2^14, r=8, p=5 (16 MiB) is one of its equal choices.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 5
_MEMORY = 64 * 2**20
# Each hash takes 16 MiB and most of a core: two at once, so that a flood of sign-ins leaves the machine usable.
_AT_ONCE = threading.BoundedSemaphore(2)
_COMMON = ("password", "123456789012", "qwertyuiop", "letmein", "showandtell")


def check(password: str, name: str = "") -> str:
    """Return the password if it is good enough to be set. Raises InvalidRequestError, which never shows it."""
    if not SHORTEST <= len(password) <= LONGEST:
        allowed = f"{SHORTEST} to {LONGEST} characters"
        raise InvalidRequestError("password", f"{len(password)} characters", allowed, advice=f"Use {allowed}.")
    folded = password.casefold()
    if len(set(folded)) < 5 or folded.startswith(_COMMON) or (name and folded.startswith(name.casefold())):
        allowed = "not a common word, the name, or a few repeated signs"
        advice = f"This is easy to guess. Use {allowed}."
        raise InvalidRequestError("password", "easy to guess", allowed, advice=advice)
    return password


def hashed(password: str) -> str:
    """Return ``scrypt$N$r$p$salt$key``."""
    salt = secrets.token_bytes(16)
    key = _derive(password, salt, _COST, _BLOCK, _PARALLEL)
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), _written(salt), _written(key)))


def matches(password: str, stored: str | None) -> bool:
    """Compare in constant time. ``None`` (no such account) takes as long as a wrong password and is false."""
    kind, cost, block, parallel, salt, key = (stored or _nobody()).split("$")
    if kind != "scrypt" or len(password) > LONGEST:
        return False
    found = _derive(password, base64.b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, base64.b64decode(key)) and stored is not None


def _nobody() -> str:
    empty = _written(bytes(16))
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${empty}${empty}"


def _derive(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(
            password.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=cost,
            r=block,
            p=parallel,
            maxmem=_MEMORY,
            dklen=32,
        )


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode()
