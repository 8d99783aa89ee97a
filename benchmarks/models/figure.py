"""A figure with what was wanted of it, as the tables and the tests read it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of a table.

    Attributes:
        what: what was measured.
        number: the figure itself, for tests.
        text: the figure as it is printed, with its unit and its interval.
        least: the project's bar from below, or None.
        most: the project's bar from above, or None.
    """

    what: str
    number: float
    text: str
    least: float | None = None
    most: float | None = None

    @property
    def wanted(self) -> str:
        """The bar in words, or ''."""
        bars = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{words} {bar:g}" for words, bar in bars if bar is not None)

    @property
    def reached(self) -> str:
        """``yes`` or ``no``, or '' where nothing was wanted."""
        if not self.wanted:
            return ""
        low = self.least is None or self.number >= self.least
        return "yes" if low and (self.most is None or self.number <= self.most) else "no"

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row as ``HEADS`` names it."""
        return self.what, self.text, self.wanted, self.reached


HEADS = ("what", "figure", "wanted", "reached")


def interval(share: float, count: int) -> tuple[float, float]:
    """95% interval of a share. Source: Wilson 1927, JASA 22."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def share(what: str, right: Collection[bool], least: float | None = None) -> Figure:
    """The share of ``right`` with its interval and how many there were.

    Raises:
        ValueError: there are none.
    """
    if not len(right):
        raise ValueError(f"nothing to take a share of: {what}")
    part = float(sum(right)) / len(right)
    low, high = interval(part, len(right))
    return Figure(what, part, f"{part:.3f} ({low:.3f} to {high:.3f}, n {len(right)})", least)


def amount(
    what: str, number: float, unit: str = "", *, digits: int = 1, least: float | None = None, most: float | None = None
) -> Figure:
    """A number with its unit."""
    return Figure(what, number, f"{number:.{digits}f} {unit}".strip(), least, most)
