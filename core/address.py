"""Where a request comes from, as far as shares and brakes need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The network address of whoever asks, made unreadable.

    Attributes:
        key: keyed hash of the address; equal addresses have equal keys, and nothing leads back.
        people: how many people may stand behind it, 1 or more. A proxy that nobody told us about lends its one address
            to all its visitors; their common shares are that much larger.
    """

    key: str
    people: int = 1
