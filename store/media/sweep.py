"""Removes what nobody needs any more: the files that no run refers to, and runs that are older than is wished.

Files that are simply left over go at the start and every hour, when they are some hours old. What somebody deleted goes
at once (``store.media.leaving``).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from store import times
from store.database import Database
from store.media.leaving import Leaving
from store.media.pictures import Pictures
from store.media.temporary import Temporary
from store.runs import erasing

HOUR = 3_600.0
# Seconds between two looks for what somebody deleted.
_LOOK = 2.0
_AFTER_TROUBLE = 600.0

# By the first two characters of a name, as the files lie: a list of all names at once could be long.
_PICTURES = """
SELECT sha256 FROM images WHERE sha256 BETWEEN :first AND :last
UNION SELECT sha256 FROM uploads WHERE sha256 BETWEEN :first AND :last
UNION SELECT sha256 FROM brought WHERE sha256 BETWEEN :first AND :last AND at >= :since
"""
_SOUNDS = "SELECT sound FROM runs WHERE sound BETWEEN :first AND :last AND sound <> ''"
# A day is what the limit of the role counts; a second one keeps every time zone's day whole.
_DAYS = 2

_log = logging.getLogger(__name__)


class Sweep:
    """Works in a thread of its own between ``start`` and ``stop``."""

    def __init__(
        self,
        database: Database,
        pictures: Pictures,
        temporary: Temporary,
        *,
        age: float = 6 * HOUR,
        keep_days: int = 0,
    ) -> None:
        """Sweep the media of ``pictures`` and the files in ``temporary``.

        Args:
            database: says what is referred to.
            pictures: the kept media.
            temporary: files on their way in and out.
            age: seconds for which a file stays although no run refers to it.
            keep_days: days after which runs are deleted; 0 keeps them for ever.
        """
        self._database = database
        self._pictures = pictures
        self._temporary = temporary
        self._age = age
        self._keep_days = keep_days
        self.leaving = Leaving(database, pictures, temporary, kept=age)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Sweep now and every hour. Call it once this process is known to be alone with its data folder."""
        # The paths that an earlier process gave out are known to nobody any more.
        began = time.time()
        self._pictures.forget_names()
        self._thread = threading.Thread(target=self._work, args=(began,), name="sweep", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def now(self, *, temporary_before: float | None = None) -> int:
        """Sweep once and return how many files were removed.

        Args:
            temporary_before: seconds since 1970; files on their way that are older go. ``age`` ago if None.
        """
        before = time.time() - self._age
        passing = before if temporary_before is None else temporary_before
        removed = self._temporary.sweep(passing) + self._pictures.sweep_incomplete()
        since = times.stamp(datetime.fromtimestamp(before, UTC))
        removed += self._sweep("pictures", _PICTURES, since, before)
        removed += self._sweep("thumbnails", _PICTURES, since, before)
        removed += self._sweep("sounds", _SOUNDS, since, before)
        old = times.days_ago(_DAYS)
        self._database.write(lambda connection: connection.execute("DELETE FROM brought WHERE at < ?", (old,)))
        self._database.write(erasing.forget_addresses)
        return removed

    def expire(self) -> int:
        """Delete the runs that are older than ``keep_days``, if there is such a limit; return how many."""
        before, erased = times.days_ago(self._keep_days), 0
        after = 0 if self._keep_days else None
        while after is not None and not self._stopped.is_set():
            more, after = self._database.write(partial(erasing.erase_old, before=before, after=after))
            erased += more
        if erased:
            _log.info("%d runs that were older than %d days were deleted", erased, self._keep_days)
        return erased

    def _work(self, began: float) -> None:
        before: float | None = began
        due = 0.0
        while not self._stopped.is_set():
            pause = _LOOK
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + HOUR
                    self.expire()
                    removed = self.now(temporary_before=before)
                    before = None
                    if removed:
                        _log.info("%d files that no run refers to were removed", removed)
                self.leaving.now()
            except Exception:  # noqa: BLE001 - a database or disk that refuses now is no reason to stop for good
                _log.exception("what nobody needs any more could not be removed; tried again later")
                pause = _AFTER_TROUBLE
            self._stopped.wait(pause)

    def _sweep(self, kind: str, query: str, since: str, before: float) -> int:
        removed = 0
        for folder, old in self._pictures.older(kind, before):
            if self._stopped.is_set():
                break
            wanted = self._referred(query, folder.name, since)
            removed += sum(self._pictures.remove(path, before) for path in old if _named(path, kind) not in wanted)
        return removed

    def _referred(self, query: str, prefix: str, since: str) -> frozenset[str]:
        with self._database.read() as connection:
            # "~" comes after every character of a name.
            rows: Iterable[sqlite3.Row] = connection.execute(
                query, {"first": prefix, "last": f"{prefix}~", "since": since}
            )
            return frozenset(row[0] for row in rows)


def _named(path: Path, kind: str) -> str:
    """Return the name under which the database refers to the file: with its ending only for a sound."""
    return path.name if kind == "sounds" else path.stem
