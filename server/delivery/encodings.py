"""Brotli and gzip: what a caller takes, and what is worth compressing."""

from __future__ import annotations

import zlib

import brotli

# Brotli 5 and gzip 6: higher levels take tenfold the time for two percent.
_BROTLI, _GZIP = 5, 6
# Below this the head of the answer is most of it.
SMALLEST = 800
_TEXT = frozenset(
    {
        "text/html",
        "text/css",
        "text/plain",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
    }
)


def is_text(content_type: str) -> bool:
    """Tell whether a media type is text that comes whole. Streams of events are text as well, and are not meant."""
    return content_type.partition(";")[0].strip().lower() in _TEXT


def preferred(accept: str) -> str | None:
    """Return ``br`` or ``gzip`` by the header ``Accept-Encoding``, or None if neither is taken."""
    weights = dict(_weighed(part) for part in accept.lower().split(","))
    # Equal weights, or none at all: Brotli is smaller.
    best = max(("br", "gzip"), key=lambda name: weights.get(name, 0.0))
    return best if weights.get(best, 0.0) > 0 else None


def compress(data: bytes, encoding: str) -> bytes:
    """Return ``data`` in the encoding ``br`` or ``gzip``."""
    if encoding == "br":
        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BROTLI))
    packer = zlib.compressobj(_GZIP, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _weighed(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    key, _, number = parameter.partition("=")
    if not parameter.strip():
        return name.strip(), 1.0
    try:
        return name.strip(), float(number) if key.strip() == "q" else 1.0
    except ValueError:
        return name.strip(), 0.0
