"""Figures of the dashboard: one published SQL query each, in ``store/queries``, run read-only and with a time cap."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core import bounds, queries
from core.errors import InvalidRequestError, StudioError
from store import times
from store.database import Database

QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("queries/*.sql"))}

_SECONDS = 5.0
# Steps of SQLite's machine between two looks at the clock: a few hundred microseconds.
_STEPS = 10_000


class Statistics(queries.Statistics):
    """See ``core.queries.Statistics``. Thread-safe."""

    def __init__(self, database: Database, *, seconds: float = _SECONDS) -> None:
        """Ask ``database``; a question that takes longer than ``seconds`` is given up."""
        self._database = database
        self._seconds = seconds

    def names(self) -> Sequence[str]:
        """See ``core.queries.Statistics.names``."""
        return tuple(QUERIES)

    def sql(self, name: str) -> str:
        """See ``core.queries.Statistics.sql``. Raises InvalidRequestError if there is no such question."""
        if name not in QUERIES:
            raise InvalidRequestError("question", name, f"one of {', '.join(QUERIES)}")
        return QUERIES[name]

    def ask(self, name: str, *, days: int = 30) -> Sequence[Mapping[str, Any]]:
        """See ``core.queries.Statistics.ask``.

        Args:
            name: one of ``names()``.
            days: 1..3650.

        Raises:
            InvalidRequestError: no such question, or ``days`` out of range.
            StudioError: it took too long.
        """
        statement = self.sql(name)
        since = times.days_ago(bounds.integer("days", days, 1, 3_650))
        with self._database.read() as connection:
            connection.set_progress_handler(partial(_late, time.monotonic() + self._seconds), _STEPS)
            try:
                return [dict(row) for row in connection.execute(statement, {"since": since})]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                raise StudioError(
                    f"The question {name!r} took longer than {self._seconds:g} s over {days} days; ask for fewer days."
                ) from error
            finally:
                connection.set_progress_handler(None, 0)


def _late(deadline: float) -> bool:
    return time.monotonic() > deadline
