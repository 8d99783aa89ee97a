"""Turns what the disk or SQLite says into an error of core, with a sentence for people."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable

from core.errors import StorageBusyError, StorageError, StorageFullError

_BUSY = (
    "The database is busy: another program holds it for writing, such as a browser for SQLite or a backup. "
    "Nothing was changed. Close it there, or try again in a few seconds."
)
_FULL = (
    "The database cannot be written: the disk that holds the data folder is full ({error}). "
    "Free some space there, then try again."
)
_OTHER = "The database cannot be written ({error}). {advice}"

# Primary result codes that say the disk or the file, not the program, is at fault, with what to do.
_ADVICE = {
    sqlite3.SQLITE_IOERR: "See that the disk that holds the data folder works, then try again.",
    sqlite3.SQLITE_READONLY: "See that this user may write the data folder and the files in it.",
    sqlite3.SQLITE_PERM: "See that this user may write the data folder and the files in it.",
    sqlite3.SQLITE_CANTOPEN: "See that this user may write the data folder and the files in it.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged: put a backup in its place, or move it away to start afresh.",
    sqlite3.SQLITE_NOTADB: "The file is no database: put a backup in its place, or move it away to start afresh.",
}
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})


def busy() -> StorageBusyError:
    """Return the error for a database that somebody else holds."""
    return StorageBusyError(_BUSY)


def of_database(error: sqlite3.DatabaseError, *, exhausted: Callable[[], bool]) -> StorageError:
    """Return what ``error`` means; raise it again if it is our own mistake.

    Args:
        error: from SQLite.
        exhausted: tells whether the disk has no room: some files of SQLite fail to grow with no more than an I/O error.
    """
    # Errors of Python's own module, such as a wrong number of parameters, carry no code.
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    refused: StorageError
    if code in _BUSY_CODES:
        refused = busy()
    elif code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and exhausted()):
        refused = StorageFullError(_FULL.format(error=error))
    elif code in _ADVICE:
        refused = StorageError(_OTHER.format(error=error, advice=_ADVICE[code]))
    else:
        raise error
    refused.__cause__ = error
    return refused


def of_disk(error: OSError, size: int) -> StorageError:
    """Return what it means that a file of ``size`` bytes was refused."""
    refused = f"The disk refused to keep a file of {size:,} bytes ({error.strerror})."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFullError(f"{refused} Free space on the disk that holds the data folder, then try again.")
    return StorageError(f"{refused} See that the disk works and that this user may write the data folder.")
