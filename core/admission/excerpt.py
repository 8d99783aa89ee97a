"""Refused runs in short: enough to see what was refused and why, whatever was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.findings import Finding
from core.runs import NewRun

# Characters of each text, entries of each list, findings of each run.
TEXT = 200
ENTRIES = 3
FINDINGS = 3
_REASON = 400
_MESSAGE = 800

# In the JSON of a request that was not kept whole; such a request cannot be made again.
SHORTENED = "shortened"


def shortened(run: NewRun) -> NewRun:
    """Return a refused run as it is kept; one that is short already stays as it is."""
    request = _short(dict(run.request))
    if request != run.request:
        request[SHORTENED] = True
    return replace(
        run,
        words=_cut(run.words, TEXT),
        request=request,
        message=_cut(run.message, _MESSAGE),
        facts=_short(run.facts),
        findings=tuple(_finding(finding) for finding in run.findings[:FINDINGS]),
    )


def _finding(finding: Finding) -> Finding:
    # Evidence beyond the excerpt has no place in it any more.
    outside = finding.span is not None and finding.span[1] > TEXT
    return replace(
        finding,
        reason=_cut(finding.reason, _REASON),
        evidence=_cut(finding.evidence, TEXT),
        span=None if outside else finding.span,
    )


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value, TEXT)
    if isinstance(value, Mapping):
        return {name: _short(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_short(inner) for inner in value[:ENTRIES]]
    return value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
