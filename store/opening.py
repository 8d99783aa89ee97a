"""Opening the database for writing, and in a sentence each what can be wrong with the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlite_utils

from core.errors import StorageBusyError, StorageError, StorageFullError
from store.migrations import migrations

# A damaged page is found now, not by the run that meets it weeks later. Larger files would delay the start.
_LARGEST_CHECKED = 64 * 2**20
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM})
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def open_writer(path: Path, timeout: float) -> sqlite3.Connection:
    """Open the database, made if need be, and bring its schema up to date; wait ``timeout`` seconds for others.

    Raises:
        StorageBusyError: another program holds it.
        StorageError: it is damaged, newer than this program, another program's, or may not be written.
    """
    connection = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        _prepare(connection, path, timeout)
    except (sqlite3.Error, StorageError) as error:
        if connection is not None:
            connection.close()
        raise (_unusable(path, error) if isinstance(error, sqlite3.Error) else error) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, timeout: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {timeout * 1000:.0f}")
    _require_known(connection, path)
    if path.stat().st_size <= _LARGEST_CHECKED:
        _require_whole(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    # Sync at every commit: an accepted run survives a power cut. NORMAL would lose what came since the last checkpoint.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten with zeros, so that no words stay in pages that are free.
    connection.execute("PRAGMA secure_delete = ON")
    # A file that may only be read opens without a word, and the first run would find out.
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {int(version)}")
    finally:
        connection.execute("ROLLBACK")
    migrations.apply(sqlite_utils.Database(connection))
    connection.row_factory = sqlite3.Row


def _require_known(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StorageError for a file that a newer version of this program, or another program, made."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "_sqlite_migrations" not in tables:
        raise StorageError(f"{path} is the database of another program. Name another data folder.")
    if not tables:
        return
    applied = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [migrations.name])
    newer = sorted({row[0] for row in applied} - {migration.name for migration in migrations._migrations})
    if newer:
        raise StorageError(
            f"{path} was made by a newer version of this program (it has had the steps {', '.join(newer)}). "
            "Nothing was changed; start that version, or name another data folder."
        )


def _require_whole(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(" ".join(str(found).split())[:200])
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _unusable(path: Path, error: sqlite3.Error) -> StorageError:
    # Errors of Python's own module carry no code.
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    if code in _DAMAGED:
        return StorageError(
            f"The database {path} is damaged, or is no database ({error}). Nothing was changed. Put a copy back in its "
            "place, or move it away, with the files -wal and -shm beside it, to begin with an empty one."
        )
    if code in _REFUSED:
        return StorageError(
            f"The database {path} cannot be opened for writing ({error}). See that it is a file, and that the user who "
            "starts the program may write it and its folder."
        )
    if code in _HELD:
        return StorageBusyError(f"Another program holds the database {path} ({error}). End it, then start again.")
    if code == sqlite3.SQLITE_FULL:
        return StorageFullError(f"There is no room for the database {path}. Free space on the disk that holds it.")
    return StorageError(f"The database {path} cannot be used ({error}). It may be another program's.")
