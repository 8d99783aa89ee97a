"""Runs as entries of a list: a talk is one of them, and a spoken answer is part of its talk."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterable, Sequence

from core.queries import Entry
from core.runs import Status
from store.runs import reading

# What a list looks at: no run that was deleted, and no spoken answer, which has its words from another run.
LISTED = "deleted IS NULL AND NOT (action = 'speak' AND talk IS NOT NULL)"
# The name of the entry that a run belongs to.
NAME = "coalesce(talk, id)"

# Two halves, so that each has its index.
_SUMMARY = f"""
WITH wanted(entry) AS (SELECT value FROM json_each(:names)),
found AS (
    SELECT talk AS entry, number FROM runs
    WHERE talk IN (SELECT entry FROM wanted) AND {LISTED} AND (:actor IS NULL OR actor = :actor)
    UNION ALL
    SELECT id, number FROM runs WHERE id IN (SELECT entry FROM wanted) AND talk IS NULL AND deleted IS NULL
)
SELECT entry, min(number) AS first, max(number) AS latest, count(*) AS turns FROM found GROUP BY entry
"""  # noqa: S608 - made of constants
_LATEST = "SELECT number, queued, status FROM runs WHERE number IN (SELECT value FROM json_each(?))"

# A number and the name of its entry, newest first.
Found = Iterable[tuple[int, str]]


def names(found: Sequence[Found], limit: int, offset: int) -> list[str]:
    """Return the names of ``limit`` entries behind the first ``offset``, each in the place of its newest run found.

    Args:
        found: what several searches yield; each is read only as far as it is needed.
        limit: the most names.
        offset: names to leave out.
    """
    seen: dict[str, None] = {}
    for _, name in heapq.merge(*found, key=lambda row: row[0], reverse=True):
        seen[name] = None
        if len(seen) >= limit + offset:
            break
    return list(seen)[offset:]


def read(connection: sqlite3.Connection, wanted: Sequence[str], actor: str | None) -> tuple[Entry, ...]:
    """Return these entries in the order of their names; of a talk, what ``actor`` asked (None: what everybody did)."""
    rows = connection.execute(_SUMMARY, {"names": json.dumps(wanted), "actor": actor}).fetchall()
    summaries = {row["entry"]: row for row in rows}
    newest = connection.execute(_LATEST, (json.dumps([row["latest"] for row in rows]),))
    latest = {row["number"]: row for row in newest}
    named = [summaries[name] for name in wanted if name in summaries]
    runs = reading.read(connection, [row["first"] for row in named])
    return tuple(
        Entry(
            first=run,
            turns=row["turns"],
            latest=latest[row["latest"]]["queued"],
            status=Status(latest[row["latest"]]["status"]),
        )
        for row, run in zip(named, runs, strict=True)
    )
