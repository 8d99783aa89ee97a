"""Comparing a replay with its first run: are the pictures equal, and if not, what differed around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.runs import Run, Status
from ui.desk import Desk

# One 8-bit level: rounding that moves with the number of threads. More than that is another picture.
TOLERANCE = 1


def verification(desk: Desk, first: Run, again: Run) -> dict[str, Any]:
    """Return what a replay shows.

    ``verdict`` is ``identical``, ``within 1/255``, ``differs``, or ``not comparable`` where one side has no pictures or
    their sizes differ. ``largest_difference`` is in 8-bit levels, 0..255, over all pictures; None if not comparable.
    ``environment`` lists the fields that differ, each with both values.
    """
    largest = _largest(desk, first, again)
    return {
        "first": first.id,
        "verdict": _verdict(largest),
        "largest_difference": largest,
        "unit": "8-bit levels",
        "environment": differences(first.environment, again.environment),
    }


def sentence(found: Mapping[str, Any]) -> str:
    """Return the result of a verification for people."""
    verdict, largest = found["verdict"], found["largest_difference"]
    words = {
        "identical": "Verified: every pixel is the same.",
        "within 1/255": "Verified: no pixel differs by more than 1 of 255 levels.",
        "differs": f"Not the same: the largest difference is {largest} of 255 levels.",
    }.get(verdict, "The two runs cannot be compared: one has no picture, or their sizes differ.")
    changed = ", ".join(found["environment"])
    return f"{words} Around it changed: {changed}." if changed else words


def differences(first: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return field -> [first value, value now] for every field that is not the same."""
    fields = sorted({*first, *again})
    return {name: [first.get(name), again.get(name)] for name in fields if first.get(name) != again.get(name)}


def _largest(desk: Desk, first: Run, again: Run) -> int | None:
    if Status.DONE not in {first.status} & {again.status} or len(first.pictures) != len(again.pictures):
        return None
    levels: list[int] = []
    for before, now in zip(first.pictures, again.pictures, strict=True):
        if before.blocked or now.blocked:
            continue
        level = 0 if before.pixels_sha256 == now.pixels_sha256 else desk.pictures.difference(before.sha256, now.sha256)
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
