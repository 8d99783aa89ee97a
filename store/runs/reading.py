"""From rows of the database to the values of ``core.runs``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from core.actions import Action
from core.findings import Finding, Verdict
from core.results import Measure
from core.runs import KeptPicture, Run, Status

_RUNS = """
SELECT runs.*, environments.environment AS surroundings
FROM runs LEFT JOIN environments ON environments.hash = runs.environment
WHERE number IN (SELECT value FROM json_each(?)) AND deleted IS NULL
"""
_IMAGES = "SELECT * FROM images WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, position"
_FINDINGS = "SELECT * FROM findings WHERE run IN (SELECT value FROM json_each(?)) ORDER BY number"
_MEASURES = "SELECT * FROM measures WHERE run IN (SELECT value FROM json_each(?)) ORDER BY number"


def read(connection: sqlite3.Connection, numbers: Sequence[int]) -> tuple[Run, ...]:
    """Return the runs of these numbers, whole, in the order of ``numbers``; without those that were deleted."""
    rows = {row["number"]: row for row in connection.execute(_RUNS, (json.dumps(numbers),))}
    ids = json.dumps([row["id"] for row in rows.values()])
    pictures = _grouped(connection.execute(_IMAGES, (ids,)))
    findings = _grouped(connection.execute(_FINDINGS, (ids,)))
    measures = _grouped(connection.execute(_MEASURES, (ids,)))
    return tuple(
        _run(row, pictures.get(row["id"], []), findings.get(row["id"], []), measures.get(row["id"], []))
        for row in (rows[number] for number in numbers if number in rows)
    )


def _grouped(rows: Iterable[sqlite3.Row]) -> Mapping[str, list[sqlite3.Row]]:
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        groups.setdefault(row["run"], []).append(row)
    return groups


def _run(
    row: sqlite3.Row,
    pictures: Iterable[sqlite3.Row],
    findings: Iterable[sqlite3.Row],
    measures: Iterable[sqlite3.Row],
) -> Run:
    return Run(
        id=row["id"],
        action=Action(row["action"]),
        actor=row["actor"],
        role=row["role"],
        model=row["model"],
        lane=row["lane"],
        words=row["prompt"],
        request=json.loads(row["request"]),
        status=Status(row["status"]),
        queued=row["queued"],
        parent=row["parent"],
        talk=row["talk"],
        source=row["source"],
        code=row["code"],
        message=row["message"],
        attempt=row["attempt"],
        ticket=row["ticket"],
        started=row["started"],
        finished=row["finished"],
        seconds=row["seconds"],
        pictures=tuple(_picture(each) for each in pictures),
        answer=row["answer"],
        sound=row["sound"],
        findings=tuple(_finding(each) for each in findings),
        facts=json.loads(row["facts"]),
        measures=tuple(_measure(each) for each in measures),
        environment=json.loads(row["surroundings"] or "{}"),
    )


def _picture(row: sqlite3.Row) -> KeptPicture:
    return KeptPicture(
        position=row["position"],
        sha256=row["sha256"],
        pixels_sha256=row["pixels_sha256"],
        seed=row["seed"],
        width=row["width"],
        height=row["height"],
        blocked=row["blocked"],
    )


def _measure(row: sqlite3.Row) -> Measure:
    return Measure(
        name=row["name"],
        value=row["value"],
        position=row["position"],
        unit=row["unit"],
        detail=json.loads(row["detail"]),
    )


def _finding(row: sqlite3.Row) -> Finding:
    return Finding(
        rule=row["rule"],
        category=row["category"],
        score=row["score"],
        threshold=row["threshold"],
        reason=row["reason"],
        evidence=row["evidence"],
        field=row["field"],
        verdict=Verdict(row["verdict"]),
        span=None if row["span_start"] is None else (row["span_start"], row["span_end"]),
        position=row["position"],
    )
