"""Pictures and sounds between the packages: encoded bytes with their size and digest, so no image library is needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A clean RGB picture: PNG bytes without any foreign metadata.

    Attributes:
        png: the encoded file.
        width: pixels.
        height: pixels.
        sha256: hex digest of ``png``; the name of the picture everywhere.
    """

    png: bytes = field(repr=False)
    width: int
    height: int
    sha256: str = ""

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", hashlib.sha256(self.png).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Spoken words.

    Attributes:
        data: the encoded file.
        suffix: ``mp3`` or ``wav``.
        seconds: length, or None where the format does not tell without decoding.
    """

    data: bytes = field(repr=False)
    suffix: str
    seconds: float | None = None
