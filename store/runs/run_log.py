"""The rows of runs: every change of a run is one transaction that has reached the disk when the method returns."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core import storage
from core.actions import Actor
from core.admission.places import Shares
from core.errors import StorageError, UnknownRunError
from core.findings import Finding
from core.people import GUEST
from core.runs import KeptPicture, NewRun, Outcome, Run, Status
from store import times
from store.database import Database
from store.file_lock import FileLock
from store.runs import erasing, queue, reading, recovery, writing
from store.text import clean

_log = logging.getLogger(__name__)

# Seconds that the last write before the end of the program waits for others.
_LAST_TIMEOUT = 1.0
_BROUGHT_TODAY = "SELECT count(*) FROM brought WHERE actor = ? AND at >= ?"
_BRING = "INSERT INTO brought (actor, role, sha256, at) VALUES (?, ?, ?, ?)"
# What a role or a limit refused, or what a rule could not look at, was never started, and nobody wished its end. What a
# safety rule refused counts: it took work, and would be free to try for ever.
_TODAY = "queued >= :midnight AND NOT (attempt = 0 AND status IN ('denied', 'failed'))"
_OPEN = "status IN ('queued', 'running', 'saving')"
_COUNTS = f"""
SELECT
    (SELECT count(*) FROM runs WHERE actor = :actor AND {_TODAY}),
    (SELECT count(*) FROM runs WHERE actor = :actor AND {_OPEN})
"""  # noqa: S608 - made of constants
_SHARES = f"""
SELECT
    (SELECT count(*) FROM runs WHERE status = 'queued') AS waiting,
    (SELECT count(*) FROM runs WHERE status = 'queued' AND actor GLOB '{GUEST}*') AS visitors,
    (SELECT count(*) FROM runs WHERE party = :party AND {_OPEN}) AS party_waiting,
    (SELECT count(*) FROM runs WHERE party = :party AND {_TODAY}) AS party_today
"""  # noqa: S608 - made of constants


class RunLog(storage.RunLog):
    """See ``core.storage.RunLog``. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._boot = secrets.token_hex(8)
        self._serving = FileLock(database.folder / "serving.lock")
        self._stopped = database.folder / "stopped"

    def accept(self, run: NewRun) -> None:
        """See ``core.storage.RunLog.accept``. Takes refused runs, too, which are final from the start.

        Raises:
            UnknownRunError: there is no run of the id ``run.parent``.
        """
        if not run.status.final:
            self._database.space.require()
        try:
            self._database.write(lambda connection: writing.add_run(connection, run), reserve=False)
        except sqlite3.IntegrityError as error:
            raise _unknown(run.parent or run.id) from error

    def claim(self, lane: str) -> Run | None:
        """See ``core.storage.RunLog.claim``."""

        def work(connection: sqlite3.Connection) -> Run | None:
            number = queue.start_next(connection, lane, now=times.now(), boot=self._boot)
            return None if number is None else reading.read(connection, [number])[0]

        return self._database.write(work)

    def saving(self, run_id: str) -> None:
        """See ``core.storage.RunLog.saving``."""
        self._update("UPDATE runs SET status = 'saving' WHERE id = ? AND status = 'running'", run_id)

    def keep_ticket(self, run_id: str, ticket: str) -> None:
        """See ``core.storage.RunLog.keep_ticket``."""
        self._update("UPDATE runs SET ticket = ? WHERE id = ?", clean(ticket), run_id)

    def keep_picture(
        self,
        run_id: str,
        picture: KeptPicture,
        *,
        findings: Sequence[Finding] = (),
        facts: Mapping[str, Any],
        environment: Mapping[str, Any],
    ) -> None:
        """See ``core.storage.RunLog.keep_picture``. The ballast is left for the end of the run."""

        def work(connection: sqlite3.Connection) -> None:
            if _unfinished(connection, run_id) is not None:
                writing.add_picture(connection, run_id, picture, findings)
                writing.note(connection, run_id, facts, environment)

        self._database.write(work, reserve=False)

    def drop_pictures(self, run_id: str) -> None:
        """See ``core.storage.RunLog.drop_pictures``."""

        def work(connection: sqlite3.Connection) -> None:
            if _unfinished(connection, run_id) is not None:
                writing.drop_pictures(connection, run_id)

        self._database.write(work)

    def finish(self, run_id: str, outcome: Outcome) -> bool:
        """See ``core.storage.RunLog.finish``. Raises UnknownRunError."""

        def work(connection: sqlite3.Connection) -> bool:
            row = _unfinished(connection, run_id)
            if row is None:
                return False
            writing.add_outcome(connection, run_id, outcome, started=row["started"])
            return True

        return self._database.write(work)

    def recover(self, lanes: Collection[str]) -> tuple[str, ...]:
        """See ``core.storage.RunLog.recover``. A run with a ticket keeps it, so that its engine looks it up.

        Raises:
            StorageError: another process serves this data folder, and its runs are not ours to touch.
        """
        if not self._serving.take():
            raise StorageError(
                f"Another Show & Tell works on the data folder {self._database.folder}. "
                "Stop it first, or set SHOW_AND_TELL_DATA to another folder."
            )

        stopped = self._stopped_boot()
        left = self._database.write(lambda connection: recovery.recover(connection, self._boot, stopped, lanes))
        self._stopped.unlink(missing_ok=True)
        return left

    def stopping(self) -> None:
        """See ``core.storage.RunLog.stopping``. A file of its own: the database may be held by somebody else now."""
        try:
            self._stopped.write_text(self._boot, encoding="ascii")
        except OSError:
            _log.warning("it could not be noted in %s that this stop was wanted", self._stopped)

    def put_back(self) -> None:
        """See ``core.storage.RunLog.put_back``."""
        self._database.write(lambda connection: recovery.put_back(connection, self._boot), timeout=_LAST_TIMEOUT)

    def _stopped_boot(self) -> str:
        try:
            return self._stopped.read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""

    def get(self, run_id: str) -> Run:
        """See ``core.storage.RunLog.get``."""
        with self._database.read() as connection:
            row = connection.execute("SELECT number FROM runs WHERE id = ?", (clean(run_id),)).fetchone()
            if row is None:
                raise _unknown(run_id)
            return reading.read(connection, [row["number"]])[0]

    def delete(self, run_ids: Collection[str]) -> int:
        """See ``core.storage.RunLog.delete``."""
        ids = [clean(run_id) for run_id in run_ids]
        erased = self._database.write(lambda connection: erasing.erase(connection, ids))
        self._database.empty_log()
        return erased

    def delete_all(self, actor: str) -> int:
        """See ``core.storage.RunLog.delete_all``. In several steps; what was deleted before an error stays deleted."""
        erased = 0
        while more := self._database.write(lambda connection: erasing.erase_own(connection, clean(actor))):
            erased += more
        self._database.empty_log()
        return erased

    def position(self, run_id: str) -> int:
        """See ``core.storage.RunLog.position``."""
        with self._database.read() as connection:
            return queue.position(connection, clean(run_id))

    def counts(self, actor: str) -> tuple[int, int]:
        """See ``core.storage.RunLog.counts``."""
        with self._database.read() as connection:
            today, waiting = connection.execute(_COUNTS, {"actor": actor, "midnight": times.midnight()}).fetchone()
            return int(today), int(waiting)

    def brought(self, actor: str) -> int:
        """See ``core.storage.RunLog.brought``."""
        with self._database.read() as connection:
            return int(connection.execute(_BROUGHT_TODAY, (actor, times.midnight())).fetchone()[0])

    def bring(self, actor: Actor, sha256: str) -> None:
        """See ``core.storage.RunLog.bring``."""
        self._database.space.require()
        values = (actor.name, actor.role, sha256, times.now())
        self._database.write(lambda connection: connection.execute(_BRING, values), reserve=False)

    def shares(self, party: str) -> Shares:
        """See ``core.storage.RunLog.shares``."""
        with self._database.read() as connection:
            row = connection.execute(_SHARES, {"party": party, "midnight": times.midnight()}).fetchone()
            return Shares(**dict(row))

    def _update(self, statement: str, *parameters: str) -> None:
        self._database.write(lambda connection: connection.execute(statement, parameters))


def _unfinished(connection: sqlite3.Connection, run_id: str) -> sqlite3.Row | None:
    """Return state and start of a run; None if it is final. Raises UnknownRunError."""
    row: sqlite3.Row | None = connection.execute("SELECT status, started FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise _unknown(run_id)
    return None if Status(row["status"]).final else row


def _unknown(run_id: str) -> UnknownRunError:
    return UnknownRunError(f"There is no run {clean(run_id)[:40]}.")
