"""Headers that every response carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

from server.cookies import on_space


def secure(headers: MutableHeaders) -> None:
    """Add what keeps browsers from guessing types, telling addresses to others, and showing us in foreign frames.

    There is no ``script-src``: Gradio's page needs inline scripts, so it would promise what it does not hold.
    """
    parents = "'self' https://huggingface.co" if on_space() else "'self'"
    headers.setdefault(
        "Content-Security-Policy", f"frame-ancestors {parents}; object-src 'none'; base-uri 'self'; form-action 'self'"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"


def private(headers: MutableHeaders) -> None:
    """Keep a person's files out of shared caches."""
    headers["Cache-Control"] = "private, no-store"
