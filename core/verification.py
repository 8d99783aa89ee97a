"""Comparing a replay with its first run: are the pictures equal, and if not, what differed around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.runs import Run, Status
from core.storage import Pictures

# One 8-bit level: rounding that moves with the number of threads. More than that is another picture.
TOLERANCE = 1


def verification(pictures: Pictures, first: Run, again: Run) -> dict[str, Any]:
    """Return what a replay shows.

    ``verdict`` is ``identical``, ``within 1/255``, ``differs``, or ``not comparable`` where one side has no pictures or
    their sizes differ. ``largest_difference`` is in 8-bit levels, 0..255, over all pictures; None if not comparable.
    ``environment`` lists the fields that differ, each with both values.
    """
    largest = _largest(pictures, first, again)
    return {
        "first": first.id,
        "verdict": _verdict(largest),
        "largest_difference": largest,
        "unit": "8-bit levels",
        "environment": differences(first.environment, again.environment),
    }


def differences(first: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return field -> [first value, value now] for every field that is not the same."""
    fields = sorted({*first, *again})
    return {name: [first.get(name), again.get(name)] for name in fields if first.get(name) != again.get(name)}


def _largest(pictures: Pictures, first: Run, again: Run) -> int | None:
    whole = first.status is again.status is Status.DONE
    if whole and len(first.pictures) != len(again.pictures):
        return None
    levels: list[int] = []
    # Of a run that ended early, what it finished is compared.
    for before, now in zip(first.pictures, again.pictures, strict=False):
        if before.blocked or now.blocked:
            continue
        level = 0 if before.pixels_sha256 == now.pixels_sha256 else pictures.difference(before.sha256, now.sha256)
        if level is None:
            return None
        levels.append(level)
    return max(levels, default=None)


def _verdict(largest: int | None) -> str:
    if largest is None:
        return "not comparable"
    if largest == 0:
        return "identical"
    return "within 1/255" if largest <= TOLERANCE else "differs"
