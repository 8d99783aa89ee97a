from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import StorageError, UnknownRunError
from core.media import Picture, Sound
from store import durable
from store.pictures import Pictures

ROOT = Path(__file__).resolve().parents[2]
SECOND_START = "import pathlib, sys; from store.pictures import Pictures; Pictures(pathlib.Path(sys.argv[1]))"


def picture(color: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (640, 320)) -> Picture:
    encoded = io.BytesIO()
    Image.new("RGB", size, color).save(encoded, "PNG")
    return Picture(png=encoded.getvalue(), width=size[0], height=size[1])


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_kept_picture_comes_back_equal(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    pictures.keep(one)
    assert pictures.load(one.sha256) == one
    path = pictures.path(one.sha256)
    assert path == tmp_path / "pictures" / one.sha256[:2] / f"{one.sha256}.png"
    assert files(tmp_path) == [path]


def test_a_damaged_file_is_not_given_out_as_the_picture(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    pictures.path(one.sha256).write_bytes(one.png[:-20])
    with pytest.raises(UnknownRunError):
        pictures.load(one.sha256)
    pictures.keep(one)
    assert pictures.load(one.sha256) == one


def test_thumbnails_are_small_and_made_once(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    path = pictures.thumbnail(one.sha256)
    with Image.open(path) as small:
        assert (small.format, small.size) == ("WEBP", (256, 128))
    made = path.stat().st_mtime_ns
    assert pictures.thumbnail(one.sha256).stat().st_mtime_ns == made


def test_sounds(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    name = pictures.keep_sound(Sound(data=b"tone", suffix="mp3"))
    assert name == f"{hashlib.sha256(b'tone').hexdigest()}.mp3"
    assert pictures.sound_path(name).read_bytes() == b"tone"
    with pytest.raises(UnknownRunError):
        pictures.keep_sound(Sound(data=b"tone", suffix="../mp3"))


@settings(deadline=None)
@given(
    name=st.text()
    | st.sampled_from(["", "../" * 5 + "etc/passwd", "0" * 64, "A" * 64, "0" * 64 + ".mp3\n", "\0", "\ud800"])
)
def test_no_other_name_becomes_a_path(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    pictures = Pictures(tmp_path_factory.getbasetemp() / "names")
    for ask in (pictures.path, pictures.load, pictures.thumbnail, pictures.sound_path):
        with pytest.raises(UnknownRunError):
            ask(name)


def test_difference_counts_levels(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    first, near, other = picture((200, 30, 30)), picture((199, 30, 33)), picture(size=(64, 64))
    for each in (first, near, other):
        pictures.keep(each)
    assert pictures.difference(first.sha256, first.sha256) == 0
    assert pictures.difference(first.sha256, near.sha256) == 3
    assert pictures.difference(first.sha256, other.sha256) is None


def test_what_a_crash_left_incomplete_is_removed(tmp_path: Path) -> None:
    Pictures(tmp_path)
    (tmp_path / "incomplete" / "tmpabc").write_bytes(b"half")
    Pictures(tmp_path)
    assert files(tmp_path) == []


def test_a_disk_that_refuses_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    (tmp_path / "pictures" / one.sha256[:2] / f"{one.sha256}.png").mkdir(parents=True)
    with pytest.raises(StorageError, match="The disk refused to keep a file"):
        pictures.keep(one)
    assert files(tmp_path) == []


def test_a_file_that_is_being_written_by_another_program_is_no_crash_s(tmp_path: Path) -> None:
    folder = tmp_path / "incomplete"
    Pictures(tmp_path)
    descriptor, part = durable._begin(folder)
    (folder / "left").write_bytes(b"half")
    # As a second start does before it is refused.
    subprocess.run([sys.executable, "-c", SECOND_START, tmp_path], cwd=ROOT, check=True)
    assert [file.name for file in folder.iterdir()] == [Path(part).name]
    os.close(descriptor)
    Pictures(tmp_path)
    assert list(folder.iterdir()) == []


def test_second_starts_beside_many_writes_lose_none(tmp_path: Path) -> None:
    pictures, stop = Pictures(tmp_path), threading.Event()

    def start_again() -> None:
        while not stop.is_set():
            Pictures(tmp_path)

    starting = threading.Thread(target=start_again)
    starting.start()
    made = [picture((shade, 1, 2)) for shade in range(100)]
    try:
        for each in made:
            pictures.keep(each)
    finally:
        stop.set()
        starting.join()
    assert all(pictures.load(each.sha256).png == each.png for each in made)
