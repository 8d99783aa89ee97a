"""Headers that every response carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

# Gradio's page writes scripts and styles into itself and compiles templates, so those stay allowed; what the policy
# does hold is that nothing comes from, or goes to, any other place. Checked in Chromium with uploads and results.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)


def secure(headers: MutableHeaders, *, framed: bool = False) -> None:
    """Add what keeps browsers from guessing types, telling addresses to others, and showing us in foreign frames.

    Args:
        headers: of a response.
        framed: whether huggingface.co may show the page in a frame.
    """
    parents = "'self' https://huggingface.co" if framed else "'self'"
    headers.setdefault("Content-Security-Policy", f"{_POLICY}; frame-ancestors {parents}")
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    if headers.get("content-type", "").startswith("text/event-stream"):
        # nginx would keep the events back until its buffer is full.
        headers["X-Accel-Buffering"] = "no"


def private(headers: MutableHeaders) -> None:
    """Keep a person's files out of shared caches."""
    headers["Cache-Control"] = "private, no-store"
