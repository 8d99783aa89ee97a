"""The one SQLite file: a single writer for everything that changes it, and read-only readers.

Python links SQLite libraries older than 3.51.3 on many systems. In those, two connections that write and checkpoint a
write-ahead log at the same moment can damage the file. So all writes, and with them all checkpoints, go through one
connection behind one lock, and a lock file keeps other processes (such as the one that makes the first admin) apart.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from core.errors import StorageBusyError, StorageError, StorageFullError
from store import durable, failures
from store.file_lock import FileLock
from store.opening import open_writer
from store.space import Space

NAME = "show_and_tell.db"

_Result = TypeVar("_Result")

# Seconds that anybody waits for the turn to write, and that they wait once somebody has waited for nothing: as long as
# another program holds the database, no other thread has to stand still for it.
TIMEOUT = 5.0
_SHORT = 0.25


class Database:
    """Opens, or makes, the database of a data folder and brings its schema up to date. Thread-safe."""

    def __init__(self, folder: Path, *, space: Space | None = None, timeout: float = TIMEOUT) -> None:
        """Open ``folder / "show_and_tell.db"``.

        Args:
            folder: the data folder; made if need be.
            space: the watch over the disk; the default one if None.
            timeout: seconds that a write waits for another program's.

        Raises:
            StorageBusyError: another program holds the database.
            StorageError: the folder cannot be written, or the file is no database.
        """
        durable.make_folder(folder)
        self.folder = folder
        self.path = folder / NAME
        self._timeout = timeout
        self._lock = threading.Lock()
        self._busy = False
        self._readers = threading.local()
        try:
            self._other_processes = FileLock(folder / "writer.lock")
            self.space = space or Space(folder)
        except OSError as error:
            raise StorageError(
                f"The data folder {folder} cannot be used ({error.strerror}: {error.filename}). See that the user who "
                "starts the program may write there, or name another folder with SHOW_AND_TELL_DATA."
            ) from error
        if not self._other_processes.wait(timeout):
            raise failures.busy()
        try:
            self._writer = open_writer(self.path, timeout)
        finally:
            self._other_processes.give()

    def write(
        self, work: Callable[[sqlite3.Connection], _Result], *, reserve: bool = True, timeout: float | None = None
    ) -> _Result:
        """Run ``work`` in one transaction and return what it returns, once that would survive a power cut.

        Args:
            work: writes through the connection it is given; on a full disk it may be called twice.
            reserve: whether a full disk may spend the ballast for it.
            timeout: seconds to wait for other writers; those of the constructor if None.

        Raises:
            StorageBusyError: another program holds the database; nothing was written.
            StorageFullError: the disk is full; nothing was written.
            StorageError: the disk refused in another way; nothing was written.
        """
        timeout = self._timeout if timeout is None else timeout
        with self._turn(min(timeout, _SHORT) if self._busy else timeout):
            try:
                return self._transaction(work)
            except sqlite3.DatabaseError as error:
                refused = self._refusal(error)
                self._busy = isinstance(refused, StorageBusyError)
            if reserve and isinstance(refused, StorageFullError) and self.space.release():
                try:
                    return self._transaction(work)
                except sqlite3.DatabaseError as error:
                    refused = self._refusal(error)
        raise refused

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread's read-only connection; all it reads within the block is of one moment. Not nestable."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._readers.connection = _open_reader(self.path)
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._refusal(error) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def empty_log(self) -> bool:
        """Bring what was written into the file itself and empty the write-ahead log, where deleted words still stand.

        Returns:
            False if somebody reads or writes at this moment; a later call, or the end of the program, does it.
        """
        with contextlib.suppress(StorageError), self._turn(_SHORT):
            try:
                return not self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.DatabaseError as error:
                raise self._refusal(error) from error
        return False

    def close(self) -> None:
        """Checkpoint and close the writer. Readers close with their threads.

        While another program writes, the file is left as it is: the next start finds everything in its log.
        """
        with contextlib.suppress(StorageBusyError), self._turn(_SHORT):
            self._writer.close()
        self._other_processes.close()

    @contextmanager
    def _turn(self, timeout: float) -> Iterator[None]:
        """Hold the writer, alone in this process and among its like. Raises StorageBusyError after ``timeout``."""
        deadline = time.monotonic() + timeout
        if not self._lock.acquire(timeout=timeout):
            raise failures.busy()
        try:
            if not self._other_processes.wait(deadline - time.monotonic()):
                self._busy = True
                raise failures.busy()
            try:
                # What is left of the time, for programs that know nothing of our lock file.
                left = max(0, round(1000 * (deadline - time.monotonic())))
                self._writer.execute(f"PRAGMA busy_timeout = {left}")
                yield
            finally:
                self._other_processes.give()
        finally:
            self._lock.release()

    def _transaction(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._writer)
            self._writer.execute("COMMIT")
            self._busy = False
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        return result

    def _refusal(self, error: sqlite3.DatabaseError) -> StorageError:
        return failures.of_database(error, exhausted=self.space.exhausted)


def _open_reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA query_only = ON")
    connection.row_factory = sqlite3.Row
    return connection
