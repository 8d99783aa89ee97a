"""Takes what deleted runs left off the disk: their files, and their words from the search index."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from store import times
from store.database import Database
from store.media.pictures import Pictures
from store.media.temporary import Temporary

# A file is written before the row that refers to it: what was written a moment ago may be about to get one.
GRACE = 60.0

_TABLE = "SELECT kind, name, at FROM leaving ORDER BY at"
_DONE = "DELETE FROM leaving WHERE kind = :kind AND name = :name AND at = :at"
_REFERRED = {
    "picture": """
SELECT EXISTS (SELECT 1 FROM images WHERE sha256 = :name) OR EXISTS (SELECT 1 FROM uploads WHERE sha256 = :name)
    OR EXISTS (SELECT 1 FROM brought WHERE sha256 = :name AND at >= :since)
""",
    "sound": "SELECT EXISTS (SELECT 1 FROM runs WHERE sound = :name AND sound <> '')",
}
# The index of SQLite notes a deletion and keeps the words until it merges its parts, which this has it do now.
_MERGE = (
    "INSERT INTO runs_search(runs_search) VALUES ('optimize')",
    "INSERT INTO unspaced_search(unspaced_search) VALUES ('optimize')",
)

_log = logging.getLogger(__name__)


class Leaving:
    """Works through the table ``leaving``, so that a crash in between is no loss."""

    def __init__(self, database: Database, pictures: Pictures, temporary: Temporary, *, kept: float) -> None:
        """Work for one data folder.

        Args:
            database: says what is referred to.
            pictures: the kept media.
            temporary: files on their way in and out, among them copies of kept pictures.
            kept: seconds for which a picture stays that somebody brought and did not ask about so far.
        """
        self._database = database
        self._pictures = pictures
        self._temporary = temporary
        self._kept = kept

    def now(self, *, grace: float = GRACE) -> int:
        """Remove what may go by now and return how many kept files that were; what is too young stays for later.

        Args:
            grace: seconds after its last writing from which a file may go.
        """
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(_TABLE)]
        if not rows:
            return 0
        before = time.time() - grace
        files = [row for row in rows if row["kind"] in _REFERRED]
        referred = [row for row in files if self._referred(row)]
        for row in referred:
            # The file is another run's as well, but its name for downloads may be made of deleted words.
            self._pictures.forget_names(row["name"])
        gone = [row for row in files if row not in referred and self._pictures.discard(row["name"], before)]
        copies = self._temporary.remove_copies({row["name"] for row in gone if row["kind"] == "picture"})
        stamp = times.stamp(datetime.fromtimestamp(before, UTC))
        words = [row for row in rows if row["kind"] == "words" and row["at"] <= stamp]
        if words and not self._forget_words():
            words = []
        self._settle([*referred, *gone, *words])
        if gone:
            _log.info("%d files of deleted runs, and %d copies of them, were removed", len(gone), copies)
        return len(gone)

    def _referred(self, row: Mapping[str, str]) -> bool:
        since = times.stamp(datetime.fromtimestamp(time.time() - self._kept, UTC))
        with self._database.read() as connection:
            found = connection.execute(_REFERRED[row["kind"]], {"name": row["name"], "since": since}).fetchone()
        return bool(found[0])

    def _forget_words(self) -> bool:
        """Merge the search index and empty the log of the database; tell whether no deleted word is left in them."""

        def merge(connection: sqlite3.Connection) -> None:
            for statement in _MERGE:
                connection.execute(statement)

        self._database.write(merge, reserve=False)
        return self._database.empty_log()

    def _settle(self, rows: Sequence[Mapping[str, str]]) -> None:
        if rows:
            # One that was noted again meanwhile has another time, and stays.
            self._database.write(lambda connection: connection.executemany(_DONE, rows))
