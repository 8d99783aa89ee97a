"""Runs as people browse and search them, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from core import queries
from core.actions import Action
from core.runs import Run, Status
from store import reading
from store.database import Database
from store.text import clean

_MOST_RUNS = 500
_MOST_WORDS = 16

# CROSS JOIN fixes the order: the search index yields its hits newest first, and reading stops at the limit.
_SEARCHED = "SELECT number FROM runs_search CROSS JOIN runs ON runs.number = runs_search.rowid"
_LISTED = "SELECT number FROM runs"
_HAS_PICTURE = """
SELECT EXISTS (
    SELECT 1 FROM runs
    WHERE id IN (SELECT run FROM images WHERE sha256 = :sha256 UNION SELECT run FROM uploads WHERE sha256 = :sha256)
        AND (:actor IS NULL OR actor = :actor)
)
"""


class Library(queries.Library):
    """See ``core.queries.Library``. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def runs(
        self,
        *,
        actor: str | None = None,
        search: str = "",
        action: Action | None = None,
        status: Status | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Run]:
        """See ``core.queries.Library.runs``. A word finds all words that begin with it; up to 500 runs at once."""
        wanted = _match(search)
        if search.strip() and not wanted:
            return ()
        conditions = {
            "runs_search MATCH ?": wanted or None,
            "actor = ?": None if actor is None else clean(actor),
            # With an actor the index on people serves; the plus keeps SQLite from the one on states.
            "status = ?" if actor is None else "+status = ?": status,
            "action = ?": action,
        }
        chosen = {condition: value for condition, value in conditions.items() if value is not None}
        statement = " ".join(
            (
                _SEARCHED if wanted else _LISTED,
                f"WHERE {' AND '.join(chosen)}" if chosen else "",
                "ORDER BY runs_search.rowid DESC" if wanted else "ORDER BY queued DESC, number DESC",
                "LIMIT ? OFFSET ?",
            )
        )
        page = (max(0, min(limit, _MOST_RUNS)), max(0, min(offset, 10**9)))
        with self._database.read() as connection:
            return _read(connection, statement, (*chosen.values(), *page))

    def active(self, actor: str) -> Sequence[Run]:
        """See ``core.queries.Library.active``."""
        statement = (
            "SELECT number FROM runs WHERE actor = ? AND status IN ('queued', 'running', 'saving') ORDER BY number"
        )
        with self._database.read() as connection:
            return _read(connection, statement, (clean(actor),))

    def count(self, status: Status) -> int:
        """See ``core.queries.Library.count``."""
        with self._database.read() as connection:
            counted = connection.execute("SELECT COUNT(*) FROM runs WHERE status = ?", (status,)).fetchone()
        return int(counted[0])

    def has_picture(self, sha256: str, *, actor: str | None = None) -> bool:
        """See ``core.queries.Library.has_picture``."""
        if not sha256:
            return False
        named = {"sha256": clean(sha256), "actor": None if actor is None else clean(actor)}
        with self._database.read() as connection:
            return bool(connection.execute(_HAS_PICTURE, named).fetchone()[0])


def _read(connection: sqlite3.Connection, statement: str, parameters: tuple[object, ...]) -> Sequence[Run]:
    return reading.read(connection, [row["number"] for row in connection.execute(statement, parameters)])


def _match(search: str) -> str:
    """Return the search text as an FTS5 query: each word quoted, so that none of it is read as syntax."""
    words = clean(search).replace("\0", " ").split()[:_MOST_WORDS]
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words)
