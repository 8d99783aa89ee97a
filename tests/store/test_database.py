from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StorageError
from store.database import NAME, Database
from store.migrations import migrations
from store.space import Space
from tests.store.examples import new_run

ROOT = Path(__file__).resolve().parents[2]


def test_commits_are_synced_and_readers_cannot_write(database: Database) -> None:
    settings = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
    }
    for name, value in settings.items():
        assert database.write(lambda c, name=name: c.execute(f"PRAGMA {name}").fetchone()[0]) == value  # type: ignore[misc]  # bound by default value
    with database.read() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM runs")


def test_a_failed_transaction_leaves_nothing_and_the_next_works(database: Database) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO environments VALUES ('a', '{}')")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(fail)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.write(lambda connection: connection.execute("SELECT * FROM missing"))
    count = database.write(lambda connection: connection.execute("SELECT count(*) FROM environments").fetchone()[0])
    assert count == 0


def test_opening_again_applies_no_migration_twice(database: Database) -> None:
    again = Database(database.folder, space=database.space)
    with again.read() as connection:
        names = [row["name"] for row in connection.execute("SELECT name FROM _sqlite_migrations")]
    assert sorted(names) == sorted(migration.name for migration in migrations._migrations)
    again.close()


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("This is a letter, not a database. " * 50)
    with pytest.raises(StorageError, match="is no database"):
        Database(tmp_path, space=Space(tmp_path, floor=0, ballast=0))


def test_a_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be made"):
        Database(tmp_path / "file" / "data")


def test_another_process_writes_in_turn(database: Database) -> None:
    script = (
        "import sys, pathlib; from store.database import Database; from store.runs.run_log import RunLog\n"
        "from tests.store.examples import accepted\n"
        "log = RunLog(Database(pathlib.Path(sys.argv[1])))\n"
        "for _ in range(50): accepted(log, 'other')"
    )
    from store.runs.run_log import RunLog

    log = RunLog(database)
    other = subprocess.Popen([sys.executable, "-c", script, str(database.folder)], cwd=ROOT)
    mine = 0
    while other.poll() is None:
        log.accept(new_run("mine"))
        mine += 1
    assert other.returncode == 0
    assert (log.counts("other"), log.counts("mine")) == ((50, 50), (mine, mine))
    with database.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
