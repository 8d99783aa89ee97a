"""A table on the terminal, and the two numbers a series of times is told by."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Sequence

import psutil


def machine() -> str:
    """Say in one line what the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print the rows as a Markdown table under ``title`` and the machine."""
    print(f"\n## {title}\n{machine()}\n\n{table(columns, rows)}", flush=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return the rows as a Markdown table."""
    cells = [[_text(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [list(columns), *cells]
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def median_and_range(numbers: Sequence[float], unit: str = "s", places: int = 3) -> str:
    """Return ``median unit (lowest to highest)``, without a unit if that is empty."""
    middle = f"{statistics.median(numbers):.{places}f} {unit}".rstrip()
    return f"{middle} ({min(numbers):.{places}f} to {max(numbers):.{places}f})"


def _text(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
