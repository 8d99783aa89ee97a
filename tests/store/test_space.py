"""A disk that is really full: a small one in memory, mounted for the test."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StorageError
from core.media import Picture
from core.runs import Outcome, Status
from store.database import Database
from store.media.pictures import Pictures
from store.runs.run_log import RunLog
from store.space import MEBIBYTE, Space
from tests.store.examples import accepted, done, kept, new_run


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a disk of 8 MiB; skip where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this user may not mount a small disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk to the last byte and return the file that does so."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def test_on_a_full_disk_accepted_runs_end_and_nothing_new_is_accepted(disk: Path) -> None:
    database = Database(disk, space=Space(disk, floor=MEBIBYTE, ballast=MEBIBYTE))
    log, pictures = RunLog(database), Pictures(disk)
    runs = [accepted(log) for _ in range(3)]
    log.claim("local")
    filler = fill(disk)
    with pytest.raises(StorageError, match="Nothing was accepted"):
        log.accept(new_run())
    with pytest.raises(StorageError, match="The disk refused to keep a file"):
        pictures.keep(Picture(png=os.urandom(MEBIBYTE), width=8, height=8))
    assert (disk / "ballast").exists()
    log.finish(runs[0], Outcome(status=Status.FAILED, code="storage_full", facts={"long": "x" * 100_000}))
    assert not (disk / "ballast").exists()
    for run_id in runs[1:]:
        log.claim("local")
        assert log.finish(run_id, done(pictures=(kept(),)))
    assert [log.get(run_id).status for run_id in runs] == [Status.FAILED, Status.DONE, Status.DONE]
    filler.unlink()
    assert log.get(accepted(log)).status is Status.QUEUED
    assert (disk / "ballast").stat().st_size == MEBIBYTE
    database.close()
    with sqlite3.connect(database.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_without_a_reserve_the_refusal_is_a_sentence_and_leaves_the_row_as_it_was(disk: Path) -> None:
    database = Database(disk, space=Space(disk, floor=0, ballast=0))
    (disk / "ballast").unlink()
    log = RunLog(database)
    run_id = accepted(log)
    log.claim("local")
    filler = fill(disk)
    outcome = done(facts={"long": "x" * MEBIBYTE})
    with pytest.raises(StorageError, match="cannot be written"):
        log.finish(run_id, outcome)
    with pytest.raises(StorageError, match="cannot be written"):
        log.accept(new_run(status=Status.BLOCKED, message="x" * MEBIBYTE))
    assert log.get(run_id).status is Status.RUNNING
    filler.unlink()
    assert log.finish(run_id, outcome)
    database.close()


def test_free_is_what_the_disk_says(disk: Path) -> None:
    space = Space(disk, floor=0, ballast=MEBIBYTE)
    assert 6 * MEBIBYTE < space.free() < 7 * MEBIBYTE + 1
    assert space.release()
    assert not space.release()
    assert space.free() > 7 * MEBIBYTE
