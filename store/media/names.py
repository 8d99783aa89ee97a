"""Where kept media lie inside the data folder. Only names of exactly this form ever become paths."""

from __future__ import annotations

import re

_PICTURE = re.compile(r"[0-9a-f]{64}")
_SOUND = re.compile(r"[0-9a-f]{64}\.(?:mp3|wav)")


def is_picture(name: str) -> bool:
    """Tell whether ``name`` is the SHA-256 of a picture."""
    return _PICTURE.fullmatch(name) is not None


def is_sound(name: str) -> bool:
    """Tell whether ``name`` is the file name of a sound."""
    return _SOUND.fullmatch(name) is not None


def picture_uri(sha256: str) -> str:
    """Return the path of a picture relative to the data folder; empty for a blocked one, which has no file."""
    return f"pictures/{sha256[:2]}/{sha256}.png" if sha256 else ""
