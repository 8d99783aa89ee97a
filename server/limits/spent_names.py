"""Names that were used once and may never be used again, in little memory: a Bloom filter of two generations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

_PROBES = 8


class SpentNames:
    """Remembers at least the latest ``capacity`` names. Not thread-safe.

    A name that was never added is taken for one with a chance of about 1 in 1,000 when the filter is full: its bearer
    picks another. A name that was added is never missed within the capacity.
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        """Make an empty memory of four bytes for each name of the capacity."""
        self._capacity = capacity
        self._bits = capacity * 16
        self._newer, self._older = bytearray(self._bits // 8), bytearray(0)
        self._added = 0

    def add(self, name: str) -> None:
        """Remember ``name``."""
        if self._added >= self._capacity:
            self._older, self._newer, self._added = self._newer, bytearray(self._bits // 8), 0
        for place in self._places(name):
            self._newer[place >> 3] |= 1 << (place & 7)
        self._added += 1

    def __contains__(self, name: str) -> bool:
        """Tell whether ``name`` was added."""
        places = tuple(self._places(name))
        return any(
            generation and all(generation[place >> 3] & 1 << (place & 7) for place in places)
            for generation in (self._newer, self._older)
        )

    def _places(self, name: str) -> Iterator[int]:
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8 * _PROBES).digest()
        return (int.from_bytes(digest[at : at + 8]) % self._bits for at in range(0, len(digest), 8))
