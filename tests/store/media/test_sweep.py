"""What no run refers to goes; what anything refers to, or what came just now, stays."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from core.errors import StorageError
from core.media import Sound
from core.requests import AskRequest, GenerateRequest, SpeakRequest
from store.media.sweep import HOUR, Sweep
from store.media.temporary import Temporary
from store.space import Space
from tests.program import build, picture

AGO = 7 * HOUR


@pytest.fixture
def program(tmp_path):
    program = build(tmp_path)
    program.studio.start()
    yield program
    program.close()


@pytest.fixture
def temporary(tmp_path, program):
    return Temporary(tmp_path / "temporary", program.database.space)


@pytest.fixture
def sweep(program, temporary):
    return Sweep(program.database, program.pictures, temporary)


def aged(path: Path) -> Path:
    then = time.time() - AGO
    os.utime(path, (then, then))
    return path


def grown_old(folder: Path) -> None:
    """Let everything that is kept be as if it came hours ago."""
    for kind in ("pictures", "thumbnails", "sounds", "incomplete"):
        for path in (folder / kind).rglob("*"):
            if path.is_file():
                aged(path)


def test_everything_a_run_refers_to_stays(program, sweep, tmp_path) -> None:
    actor = program.actor("creator")
    made = program.studio.result(actor, program.studio.submit(actor, GenerateRequest(prompt="a fox", count=2)))
    asked = picture((9, 9, 9))
    program.studio.result(actor, program.studio.submit(actor, AskRequest(image=asked, question="What?")))
    spoken = program.studio.result(actor, program.studio.submit(actor, SpeakRequest(text="Hello")))
    small = program.pictures.thumbnail(made.pictures[0].sha256)
    lost, lost_sound = picture((1, 2, 3)), program.pictures.keep_sound(Sound(data=b"lost", suffix="mp3"))
    program.pictures.keep(lost)
    lost_small = program.pictures.thumbnail(lost.sha256)
    half = tmp_path / "incomplete" / "tmpabc"
    half.write_bytes(b"half")
    foreign = tmp_path / "pictures" / lost.sha256[:2] / "notes of the owner.png"
    foreign.write_bytes(b"mine")
    gone = [program.pictures.path(lost.sha256), program.pictures.sound_path(lost_sound), lost_small, half]

    # What a crash left half written is of no use from the first moment; the rest may wait for its run.
    assert sweep.now() == 1
    assert not half.exists()
    grown_old(tmp_path)
    assert sweep.now() == 3
    assert not any(path.exists() for path in gone)
    kept = [program.pictures.path(each.sha256) for each in made.pictures]
    kept += [program.pictures.path(asked.sha256), program.pictures.sound_path(spoken.sound), small, foreign]
    assert all(path.exists() for path in kept)


def test_a_run_that_waits_or_works_keeps_its_picture(program, sweep, tmp_path) -> None:
    program.painter.hold.clear()
    actor = program.actor("creator")
    runs = [
        program.studio.submit(actor, AskRequest(image=picture((shade, 0, 0)), question="What?")) for shade in (10, 20)
    ]
    grown_old(tmp_path)
    assert sweep.now() == 0
    program.painter.hold.set()
    assert [program.studio.result(actor, run).status.value for run in runs] == ["done", "done"]


def test_a_picture_that_was_brought_waits_some_hours_for_its_question(program, sweep, tmp_path) -> None:
    one = picture((4, 5, 6))
    program.studio.bring(program.actor("viewer"), lambda: one)
    grown_old(tmp_path)
    assert sweep.now() == 0
    later = Sweep(program.database, program.pictures, sweep._temporary, age=-1)
    assert later.now() == 1
    # Brought once more while a sweep is about to take it: it is written again, and stays.
    path = program.pictures._folder / "pictures" / one.sha256[:2] / f"{one.sha256}.png"
    program.pictures.keep(one)
    assert not program.pictures.remove(path, time.time() - 60)
    assert path.exists()


def test_files_on_their_way_go_after_hours_and_at_the_start(temporary, sweep) -> None:
    old, young = temporary.path / "upload-1" / "a.png", temporary.path / "upload-2" / "b.png"
    for path in (old, young):
        path.parent.mkdir()
        path.write_bytes(b"x")
    assert sweep.now() == 0
    assert sweep.now(temporary_before=time.time() + 1) == 2
    assert list(temporary.path.iterdir()) == []


def test_the_folder_is_private_and_somebody_elses_is_refused(tmp_path, program, monkeypatch) -> None:
    (tmp_path / "open").mkdir(mode=0o777)
    made = Temporary(tmp_path / "open", program.database.space)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700

    def refuse(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(StorageError, match="belong to the user who runs the program"):
        Temporary(tmp_path / "open", program.database.space)


def test_too_many_files_at_once_are_refused_until_the_old_ones_go(tmp_path) -> None:
    small = Temporary(tmp_path / "small", Space(tmp_path, floor=0, ballast=0), most=100)
    path = small.path / "upload-1" / "a.png"
    path.parent.mkdir()
    path.write_bytes(bytes(100))
    with pytest.raises(StorageError, match="try again in some minutes"):
        small.require_room()
    low = Temporary(tmp_path / "low", Space(tmp_path, floor=2**62, ballast=0))
    with pytest.raises(StorageError, match="MiB are free"):
        low.require_room()
    path.unlink()
    small.require_room()
