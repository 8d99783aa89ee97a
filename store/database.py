"""The one SQLite file: a single writer for everything that changes it, and read-only readers.

Python links SQLite libraries older than 3.51.3 on many systems. In those, two connections that write and checkpoint a
write-ahead log at the same moment can damage the file. So all writes, and with them all checkpoints, go through one
connection behind one lock, and a lock file keeps other processes (such as the one that makes the first admin) apart.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from core.errors import StorageError
from store import durable
from store.file_lock import FileLock
from store.opening import open_writer
from store.space import Space

NAME = "show_and_tell.db"

_Result = TypeVar("_Result")

# Primary result codes that say the disk or the file, not the program, is at fault.
_REFUSALS = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)


class Database:
    """Opens, or makes, the database of a data folder and brings its schema up to date. Thread-safe."""

    def __init__(self, folder: Path, *, space: Space | None = None) -> None:
        """Open ``folder / "show_and_tell.db"``.

        Args:
            folder: the data folder; made if need be.
            space: the watch over the disk; the default one if None.

        Raises:
            StorageError: the folder cannot be written, or the file is no database.
        """
        durable.make_folder(folder)
        self.folder = folder
        self.path = folder / NAME
        self._lock = threading.Lock()
        self._readers = threading.local()
        try:
            self._other_processes = FileLock(folder / "writer.lock")
            self.space = space or Space(folder)
        except OSError as error:
            raise StorageError(
                f"The data folder {folder} cannot be used ({error.strerror}: {error.filename}). See that the user who "
                "starts the program may write there, or name another folder with SHOW_AND_TELL_DATA."
            ) from error
        with self._other_processes:
            self._writer = open_writer(self.path)

    def write(self, work: Callable[[sqlite3.Connection], _Result], *, reserve: bool = True) -> _Result:
        """Run ``work`` in one transaction and return what it returns, once that would survive a power cut.

        Args:
            work: writes through the connection it is given; on a full disk it may be called twice.
            reserve: whether a full disk may spend the ballast for it.

        Raises:
            StorageError: the disk refused; nothing was written.
        """
        with self._lock, self._other_processes:
            try:
                return self._transaction(work)
            except sqlite3.DatabaseError as error:
                refused = _refusal(error)
            if refused and reserve and self.space.release():
                try:
                    return self._transaction(work)
                except sqlite3.DatabaseError as error:
                    refused = _refusal(error)
        raise refused

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend this thread's read-only connection; all it reads within the block is of one moment. Not nestable."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._readers.connection = _open_reader(self.path)
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """Checkpoint and close the writer. Readers close with their threads."""
        with self._lock, self._other_processes:
            self._writer.close()
        self._other_processes.close()

    def _transaction(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._writer)
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        return result


def _open_reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA query_only = ON")
    connection.row_factory = sqlite3.Row
    return connection


def _refusal(error: sqlite3.DatabaseError) -> StorageError:
    """Return the sentence for a disk at fault; raise ``error`` again if it is ours."""
    # Errors of Python's own module, such as a wrong number of parameters, carry no code.
    if getattr(error, "sqlite_errorcode", -1) & 0xFF not in _REFUSALS:
        raise error
    refused = StorageError(
        f"The database cannot be written ({error}). "
        "Free space on the disk that holds the data folder and see that it may be written, then try again."
    )
    refused.__cause__ = error
    return refused
