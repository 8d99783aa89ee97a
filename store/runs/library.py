"""Runs as people browse and search them, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from core import queries
from core.actions import Action
from core.errors import StorageError
from core.queries import Entry
from core.runs import Run, Status
from store.database import Database
from store.runs import entries, reading, unspaced
from store.text import clean

_MOST_RUNS = 500
_MOST_WORDS = 16

# CROSS JOIN fixes the order: the search index yields its hits newest first, and reading stops at the limit.
_FOUND = """
SELECT * FROM (
    SELECT runs.number FROM {index} CROSS JOIN runs ON runs.number = {index}.rowid
    WHERE {index} MATCH ? {conditions} ORDER BY {index}.rowid DESC LIMIT ?
)
"""
_PICTURED = "EXISTS (SELECT 1 FROM images WHERE images.run = runs.id AND images.sha256 <> ?)"
_STREAM = """
SELECT runs.number, {name} FROM {index} CROSS JOIN runs ON runs.number = {index}.rowid
WHERE {index} MATCH ? AND {where} ORDER BY {index}.rowid DESC
"""
_MADE = """
SELECT number FROM runs
WHERE id IN (SELECT run FROM images WHERE sha256 = :sha256) AND (:actor IS NULL OR actor = :actor)
ORDER BY number DESC LIMIT 1
"""
# The newest runs of a talk that has more than are read at once.
_TALK = """
SELECT number FROM (
    SELECT number FROM runs WHERE talk = :talk AND (:actor IS NULL OR actor = :actor) ORDER BY number DESC LIMIT :limit
) ORDER BY number
"""
# Worded as the partial index runs_talking, so that SQLite uses it.
_NEWEST_TALK = """
SELECT talk FROM runs
WHERE actor = ? AND talk IS NOT NULL AND source = 'page' AND status IN ('queued', 'running', 'saving', 'done')
ORDER BY number DESC LIMIT 1
"""
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
        pictured: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Run]:
        """See ``core.queries.Library.runs``. Up to 500 runs at once.

        A word finds all words that begin with it; in a script without spaces it is found anywhere.
        """
        chosen = _chosen(actor, status, action, pictured=pictured)
        limit, offset = _bounded(limit, offset)
        if search.strip():
            return self._found(search, chosen, limit, offset)
        where = " AND ".join(("deleted IS NULL", *chosen))
        statement = f"SELECT number FROM runs WHERE {where} ORDER BY queued DESC, number DESC LIMIT ? OFFSET ?"  # noqa: S608 - our own words
        with self._database.read() as connection:
            return _read(connection, statement, (*chosen.values(), limit, offset))

    def entries(
        self,
        *,
        actor: str | None = None,
        search: str = "",
        action: Action | None = None,
        status: Status | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Entry]:
        """See ``core.queries.Library.entries``. Up to 500 entries at once, in the order of the newest runs that fit."""
        chosen = _chosen(actor, status, action)
        limit, offset = _bounded(limit, offset)
        where = " AND ".join((entries.LISTED, *chosen))
        if search.strip():
            asked = self._asked(search)
            statements = [_STREAM.format(index=index, name=entries.NAME, where=where) for index in asked]
            values = [(match, *chosen.values()) for match in asked.values()]
        else:
            statements = [f"SELECT number, {entries.NAME} FROM runs WHERE {where} ORDER BY queued DESC, number DESC"]  # noqa: S608 - our own words
            values = [tuple(chosen.values())]
        with self._database.read() as connection:
            found = [connection.execute(*each) for each in zip(statements, values, strict=True)]
            names = entries.names(found, limit, offset)
            return entries.read(connection, names, None if actor is None else clean(actor))

    def _asked(self, search: str) -> Mapping[str, str]:
        """Return each index that has to be searched -> its query; none if there is not one word."""
        words = clean(search).replace("\0", " ").split()[:_MOST_WORDS]
        if not words:
            return {}
        asked = {"unspaced_search": _match(unspaced.spaced(word) for word in words)}
        if unspaced.holds_any(search):
            self._catch_up()
        else:
            asked["runs_search"] = _match(words)
        return asked

    def _found(self, search: str, chosen: Mapping[str, object], limit: int, offset: int) -> Sequence[Run]:
        asked = self._asked(search)
        if not asked:
            return ()
        conditions = "".join(f"AND {condition} " for condition in chosen)
        parts = [_FOUND.format(index=index, conditions=conditions) for index in asked]
        values = [value for match in asked.values() for value in (match, *chosen.values(), limit + offset)]
        with self._database.read() as connection:
            statement = f"{' UNION '.join(parts)} ORDER BY number DESC LIMIT ? OFFSET ?"
            return _read(connection, statement, (*values, limit, offset))

    def _catch_up(self) -> None:
        """Index what another program changed. If the disk refuses, the rest of the index still answers."""
        with self._database.read() as connection:
            waiting = unspaced.waiting(connection)
        if waiting:
            with suppress(StorageError):
                self._database.write(unspaced.index, reserve=False)

    def active(self, actor: str) -> Sequence[Run]:
        """See ``core.queries.Library.active``."""
        statement = (
            "SELECT number FROM runs WHERE actor = ? AND status IN ('queued', 'running', 'saving') ORDER BY number"
        )
        with self._database.read() as connection:
            return _read(connection, statement, (clean(actor),))

    def talk(self, talk_id: str, *, actor: str | None = None) -> Sequence[Run]:
        """See ``core.queries.Library.talk``. The newest 500 of them."""
        named = {"talk": clean(talk_id), "actor": None if actor is None else clean(actor), "limit": _MOST_RUNS}
        with self._database.read() as connection:
            return _read(connection, _TALK, named)

    def newest_talk(self, actor: str) -> str | None:
        """See ``core.queries.Library.newest_talk``."""
        with self._database.read() as connection:
            found = connection.execute(_NEWEST_TALK, (clean(actor),)).fetchone()
        return str(found["talk"]) if found else None

    def run_of_picture(self, sha256: str, *, actor: str | None = None) -> Run | None:
        """See ``core.queries.Library.run_of_picture``."""
        named = {"sha256": clean(sha256), "actor": None if actor is None else clean(actor)}
        with self._database.read() as connection:
            found = connection.execute(_MADE, named).fetchone() if sha256 else None
            return reading.read(connection, [found["number"]])[0] if found else None

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

    def brought(self, sha256: str, actor: str) -> bool:
        """See ``core.queries.Library.brought``."""
        statement = "SELECT EXISTS (SELECT 1 FROM brought WHERE sha256 = ? AND actor = ?)"
        with self._database.read() as connection:
            return bool(connection.execute(statement, (clean(sha256), clean(actor))).fetchone()[0])


def _read(
    connection: sqlite3.Connection, statement: str, parameters: tuple[object, ...] | Mapping[str, object]
) -> Sequence[Run]:
    return reading.read(connection, [row["number"] for row in connection.execute(statement, parameters)])


def _chosen(
    actor: str | None, status: Status | None, action: Action | None, *, pictured: bool = False
) -> Mapping[str, object]:
    """Return each condition that was asked for -> its value."""
    conditions = {
        "actor = ?": None if actor is None else clean(actor),
        # With an actor the index on people serves; the plus keeps SQLite from the one on states.
        "status = ?" if actor is None else "+status = ?": status,
        "action = ?": action,
        _PICTURED: "" if pictured else None,
    }
    return {condition: value for condition, value in conditions.items() if value is not None}


def _bounded(limit: int, offset: int) -> tuple[int, int]:
    return max(0, min(limit, _MOST_RUNS)), max(0, min(offset, 10**9))


def _match(words: Iterable[str]) -> str:
    """Return words as an FTS5 query: each one quoted, so that none of it is read as syntax."""
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words)
