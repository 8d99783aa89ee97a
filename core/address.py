"""Where a request comes from, as far as shares and brakes need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The network address a request comes from, made unreadable.

    Attributes:
        key: keyed hash of the address; equal addresses have equal keys, and nothing leads back.
        people: how many people may stand behind it, 1 or more. All visitors behind a proxy that the settings do
            not name come from its one address; their common shares are that much larger.
    """

    key: str
    people: int = 1
