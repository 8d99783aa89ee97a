"""Somebody else holds the database: busy is not full, nobody waits for long, and reading goes on."""

from __future__ import annotations

import inspect
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import StorageBusyError
from core.runs import Status
from store.database import NAME, Database
from store.runs.run_log import RunLog
from store.space import Space
from tests.locked import locked
from tests.store.examples import accepted, done, new_run

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 0.6
HOLD = (
    "import sys, pathlib; from store.file_lock import FileLock\n"
    "lock = FileLock(pathlib.Path(sys.argv[1]))\nassert lock.take()\n"
    "print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path, space=Space(tmp_path, floor=0, ballast=4096), timeout=TIMEOUT)
    yield opened
    opened.close()


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock file from another process."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()


def seconds_until_busy(write) -> float:
    begun = time.monotonic()
    with pytest.raises(StorageBusyError, match=r"nother program holds (it|the database)"):
        write()
    return time.monotonic() - begun


def test_a_write_waits_five_seconds_and_no_longer() -> None:
    assert inspect.signature(Database).parameters["timeout"].default == 5


@pytest.mark.parametrize("how", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_held_write_lock_is_busy_and_costs_no_ballast(database: Database, log: RunLog, how: str) -> None:
    run_id = accepted(log)
    writes = (
        lambda: log.accept(new_run()),
        lambda: log.claim("local"),
        lambda: log.saving(run_id),
        lambda: log.keep_ticket(run_id, "p1"),
        lambda: log.finish(run_id, done()),
    )
    with locked(database.path, how):
        for write in writes:
            assert seconds_until_busy(write) < 5
        assert log.get(run_id).status is Status.QUEUED, "reading goes on"
    assert (database.folder / "ballast").exists()
    assert log.claim("local") is not None
    assert log.finish(run_id, done())


def test_while_it_is_held_only_the_first_waits_for_long(database: Database, log: RunLog) -> None:
    def write() -> None:
        log.accept(new_run())

    with locked(database.path):
        assert seconds_until_busy(write) >= TIMEOUT - 0.1
        assert seconds_until_busy(write) < TIMEOUT - 0.1
    write()
    with locked(database.path):
        assert seconds_until_busy(write) >= TIMEOUT - 0.1, "a write that succeeded restores the timeout"


def test_a_lock_that_is_given_up_in_time_is_waited_for(database: Database, log: RunLog) -> None:
    other = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
    timer.start()
    accepted(log)
    timer.join()
    other.close()


def test_many_threads_give_up_together(database: Database, log: RunLog) -> None:
    seconds: list[float] = []
    with locked(database.path):
        threads = [
            threading.Thread(target=lambda: seconds.append(seconds_until_busy(lambda: log.accept(new_run()))))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seconds) == 20
    assert max(seconds) < 5, "twenty timeouts one after the other would be twelve seconds"


def test_a_held_lock_file_stops_nobody_for_long(tmp_path: Path) -> None:
    database = Database(tmp_path, space=Space(tmp_path, floor=0, ballast=4096), timeout=TIMEOUT)
    log = RunLog(database)
    run_id = accepted(log)
    with held(database.folder / "writer.lock"):
        assert seconds_until_busy(lambda: log.accept(new_run())) < 5
        assert seconds_until_busy(lambda: Database(database.folder, space=database.space, timeout=TIMEOUT)) < 5
        assert log.get(run_id).status is Status.QUEUED
        begun = time.monotonic()
        database.close()
        assert time.monotonic() - begun < 5
    again = Database(database.folder, space=database.space)
    assert RunLog(again).get(run_id).status is Status.QUEUED
    again.close()


def test_a_database_that_is_held_at_the_start_is_a_sentence(tmp_path: Path) -> None:
    Database(tmp_path, space=Space(tmp_path, floor=0, ballast=0)).close()
    with locked(tmp_path / NAME, "BEGIN EXCLUSIVE"):
        space = Space(tmp_path, floor=0, ballast=0)
        assert seconds_until_busy(lambda: Database(tmp_path, space=space, timeout=TIMEOUT)) < 5
