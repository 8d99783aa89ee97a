from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from core.errors import StorageBusyError, StorageError, StorageFullError
from store import failures
from store.database import Database
from store.runs.run_log import RunLog
from store.space import Space
from tests.store.examples import accepted, done, new_run


def from_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, StorageBusyError, "another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StorageBusyError, "another program"),
        (sqlite3.SQLITE_LOCKED, StorageBusyError, "another program"),
        (sqlite3.SQLITE_FULL, StorageFullError, "Free some space"),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageError, "the disk that holds the data folder works"),
        (sqlite3.SQLITE_READONLY, StorageError, "may write the data folder"),
        (sqlite3.SQLITE_CANTOPEN, StorageError, "may write the data folder"),
        (sqlite3.SQLITE_CORRUPT, StorageError, "damaged"),
        (sqlite3.SQLITE_NOTADB, StorageError, "no database"),
    ],
)
def test_the_sentence_says_what_is_the_matter(code: int, kind: type[StorageError], words: str) -> None:
    told = failures.of_database(from_sqlite(code), exhausted=lambda: False)
    assert type(told) is kind
    assert words in str(told)
    assert ("Free some space" in str(told)) is (kind is StorageFullError)


def test_an_input_output_error_on_a_disk_without_room_is_a_full_disk() -> None:
    told = failures.of_database(from_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), exhausted=lambda: True)
    assert type(told) is StorageFullError


def test_a_mistake_of_our_own_stays_one() -> None:
    with pytest.raises(sqlite3.OperationalError):
        failures.of_database(from_sqlite(sqlite3.SQLITE_ERROR), exhausted=lambda: True)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageFullError), (errno.EDQUOT, StorageFullError), (errno.EIO, StorageError)],
)
def test_files_tell_a_full_disk_from_a_broken_one(number: int, kind: type[StorageError]) -> None:
    told = failures.of_disk(OSError(number, os.strerror(number)), 10)
    assert type(told) is kind
    assert ("Free space" in str(told)) is (kind is StorageFullError)


def test_a_database_that_was_made_read_only_is_not_called_full_and_costs_no_ballast(tmp_path: Path) -> None:
    database = Database(tmp_path, space=Space(tmp_path, floor=0, ballast=4096))
    log = RunLog(database)
    run_id = accepted(log)
    database._writer.execute("PRAGMA query_only = ON")
    for write in (lambda: log.accept(new_run()), lambda: log.finish(run_id, done())):
        with pytest.raises(StorageError, match="may write the data folder") as refused:
            write()
        assert refused.value.code == "storage_failed"
    assert (tmp_path / "ballast").exists()
    database.close()
