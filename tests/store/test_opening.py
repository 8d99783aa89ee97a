"""What can be wrong with the database at the start: each a sentence that says what it is, and nothing is changed."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import StorageError
from store.database import NAME, Database
from store.space import Space
from tests.store.examples import accepted

ROOT = Path(__file__).resolve().parents[2]


def opened(folder: Path) -> Database:
    return Database(folder, space=Space(folder, floor=0, ballast=0))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A database with rows, closed."""
    from store.runs.run_log import RunLog

    database = opened(tmp_path)
    log = RunLog(database)
    for _ in range(30):
        accepted(log, "ann")
    database.close()
    return tmp_path / NAME


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def letter(file: Path) -> None:
    file.write_text("This is a letter, not a database. " * 50)


def zeros(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100] + bytes(file.stat().st_size - 100))


def holes(file: Path) -> None:
    pages = bytearray(file.read_bytes())
    for start in range(8192, len(pages), 8192):
        pages[start : start + 2000] = b"\xff" * 2000
    file.write_bytes(pages)


@pytest.mark.parametrize("damage", [cut, letter, zeros, holes])
def test_a_damaged_database_is_told_as_such_and_left_alone(filled: Path, damage: Callable[[Path], None]) -> None:
    damage(filled)
    before = filled.read_bytes()
    with pytest.raises(StorageError, match="is damaged, or is no database") as caught:
        opened(filled.parent)
    assert "Free space" not in str(caught.value)
    assert filled.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"junk" * 1000, b"\x37\x7f\x06\x82" + bytes(40)])
def test_a_broken_write_ahead_log_beside_it_is_passed_over(filled: Path, content: bytes) -> None:
    filled.with_name(f"{NAME}-wal").write_bytes(content)
    with opened(filled.parent).read() as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 30


def test_a_cut_write_ahead_log_loses_no_more_than_its_end(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; from store.runs.run_log import RunLog; from tests.store.examples import accepted\n"
        "from tests.store.test_opening import opened\n"
        "log = RunLog(opened(pathlib.Path(sys.argv[1])))\n"
        "for _ in range(9): accepted(log, 'ann')\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    log = tmp_path / f"{NAME}-wal"
    log.write_bytes(log.read_bytes()[:-1000])
    with opened(tmp_path).read() as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 8


def test_a_database_of_a_newer_version_is_left_alone(filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'show_and_tell', 'thoughts', '2099-01-01')")
    connection.close()
    with pytest.raises(StorageError, match=r"newer version .*thoughts"):
        opened(filled.parent)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as connection:
        connection.execute("CREATE TABLE runs (miles REAL)")
    connection.close()
    with pytest.raises(StorageError, match="another program"):
        opened(tmp_path)


@pytest.mark.parametrize("name", [NAME, f"{NAME}-wal", "writer.lock"])
def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(StorageError, match="cannot be"):
        opened(tmp_path)


@pytest.mark.parametrize("place", [".", "writer.lock", NAME])
def test_what_belongs_to_another_user_is_told(filled: Path, place: str, tmp_path: Path) -> None:
    """In a process of its own, which gives the rights of root up where it has them."""
    script = (
        "import os, pathlib, sys; from store.database import Database; from core.errors import StorageError\n"
        "Database(pathlib.Path(sys.argv[2])).close()\n"  # imports everything while it still may
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "try: Database(pathlib.Path(sys.argv[1]))\n"
        "except StorageError as error: print(error)"
    )
    # Not below the folder of pytest, which is shut to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(filled.parent, Path(name) / "data"))
        for path in (Path(name), folder, *folder.iterdir()):
            path.chmod(0o777 if path.is_dir() else 0o666)
        (folder / place).chmod(0o555 if place == "." else 0o444)
        if place == ".":
            (folder / "writer.lock").unlink()
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), str(tmp_path / "other")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        folder.chmod(0o777)
    assert "may write" in done.stdout
    assert str(folder) in done.stdout


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on the size of a file stands for the disk: SQLite meets both in the same place."""
    script = (
        "import pathlib, resource, signal, sys; from store.space import Space; from store.database import Database\n"
        "from core.errors import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "try: Database(folder, space=Space(folder, floor=0, ballast=0))\n"
        "except StorageError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert str(tmp_path / NAME) in done.stdout
