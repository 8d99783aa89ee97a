"""What both bundled models take of the memory, above the program without them."""

from __future__ import annotations

import statistics

from benchmarks.models.figure import Figure
from benchmarks.start import one_round


def figures(short: bool = False) -> list[Figure]:
    """One row: the median of several pairs of starts."""
    many = 1 if short else 3
    rounds = [one_round() for _ in range(many)]
    added = statistics.median(one.loaded - one.bare for one in rounds)
    bare = statistics.median(one.bare for one in rounds)
    what = "memory with both models loaded, above the bare program"
    return [Figure(what, added, f"{added:.0f} MiB (bare {bare:.0f} MiB)", most=1024)]
