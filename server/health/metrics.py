"""Prometheus text. Fifty lines of our own, since the format is simpler than one more dependency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_PREFIX = "show_and_tell_"
# Never labels: each is a person or a person's words.
_PERSONAL = frozenset({"actor", "person", "name", "words", "prompt", "question", "answer"})


class Metric(NamedTuple):
    """One gauge: its name without our prefix, one line of help, and (labels, value) pairs."""

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def from_rows(question: str, rows: Sequence[Mapping[str, Any]]) -> list[Metric]:
    """Turn the rows of a published figure into gauges: text columns are labels, each number column is a gauge."""
    columns = [column for column, value in rows[0].items() if _number(value)] if rows else []
    return [
        Metric(
            f"{question}_{column}",
            f"{column} of the published figure {question}, last 30 days.",
            [(_labels(row), float(row[column])) for row in rows if _number(row.get(column))],
        )
        for column in columns
        if column not in _PERSONAL
    ]


def exposition(metrics: Iterable[Metric]) -> str:
    """Return the text. Source: Prometheus exposition format 0.0.4."""
    lines = []
    for metric in metrics:
        name = re.sub(r"[^a-zA-Z0-9_]", "_", _PREFIX + metric.name)
        lines += [f"# HELP {name} {_line(metric.help)}", f"# TYPE {name} gauge"]
        for labels, value in metric.samples:
            inside = ",".join(f'{re.sub("[^a-zA-Z0-9_]", "_", key)}="{_quoted(word)}"' for key, word in labels.items())
            lines.append(f"{name}{{{inside}}} {value:.10g}" if inside else f"{name} {value:.10g}")
    return "\n".join(lines) + "\n"


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in row.items() if isinstance(value, str) and key not in _PERSONAL}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(text: str) -> str:
    return _line(text).replace('"', r"\"")
