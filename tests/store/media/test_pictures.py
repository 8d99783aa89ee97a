from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import StorageError, UnknownRunError
from core.media import Picture, Sound
from store import durable
from store.media.pictures import Pictures
from store.space import Space

ROOT = Path(__file__).resolve().parents[3]
SWEEP = (
    "import pathlib, sys; from store.media.pictures import Pictures; "
    "Pictures(pathlib.Path(sys.argv[1])).sweep_incomplete()"
)


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


def cut(png: bytes) -> bytes:
    return png[: len(png) // 2]


def flipped(png: bytes) -> bytes:
    return png[:60] + bytes([png[60] ^ 255]) + png[61:]


@pytest.mark.parametrize(
    "damage", [cut, flipped, lambda png: b"", lambda png: b"a letter", lambda png: png[:-20], lambda png: png[:40]]
)
def test_a_damaged_file_counts_as_missing_wherever_it_is_looked_at(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    pictures, one, other = Pictures(tmp_path), picture(), picture((0, 0, 0))
    pictures.keep(one)
    pictures.keep(other)
    pictures.path(one.sha256).write_bytes(damage(one.png))
    looks: list[Callable[[], object]] = [
        lambda: pictures.thumbnail(one.sha256),
        lambda: pictures.load(one.sha256),
        lambda: pictures.difference(one.sha256, other.sha256),
        lambda: pictures.difference(other.sha256, one.sha256),
    ]
    for look in looks:
        with pytest.raises(UnknownRunError, match=one.sha256[:20]):
            look()
    assert pictures.thumbnail(other.sha256).is_file()


def test_bytes_that_were_kept_but_are_no_picture_have_no_thumbnail(tmp_path: Path) -> None:
    pictures, odd = Pictures(tmp_path), Picture(png=b"\x89PNG\r\n\x1a\n, and nothing more", width=1, height=1)
    pictures.keep(odd)
    with pytest.raises(UnknownRunError):
        pictures.thumbnail(odd.sha256)


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


def test_a_second_start_leaves_what_another_is_writing(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    part = tmp_path / "incomplete" / "tmpabc"
    part.write_bytes(b"half")
    Pictures(tmp_path)
    assert files(tmp_path) == [part]
    assert pictures.sweep_incomplete() == 1
    assert files(tmp_path) == []


def test_a_full_disk_takes_no_copies_and_no_results(tmp_path: Path) -> None:
    one = picture()
    Pictures(tmp_path).keep(one)
    full = Pictures(tmp_path, Space(tmp_path, floor=2**62, ballast=2**60))
    assert full.thumbnail(one.sha256) == full.path(one.sha256)
    for keep in (lambda: full.keep(picture((1, 2, 3))), lambda: full.keep_sound(Sound(data=b"tone", suffix="mp3"))):
        with pytest.raises(StorageError, match="is full"):
            keep()
    with pytest.raises(StorageError, match="MiB are free"):
        full.require_room()
    assert len(files(tmp_path / "pictures")) == 1


def test_the_small_copy_of_a_damaged_picture_is_missing(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    pictures.path(one.sha256).write_bytes(one.png[:40])
    with pytest.raises(UnknownRunError):
        pictures.thumbnail(one.sha256)


def test_a_disk_that_refuses_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    (tmp_path / "pictures" / one.sha256[:2] / f"{one.sha256}.png").mkdir(parents=True)
    with pytest.raises(StorageError, match="The disk refused to keep a file"):
        pictures.keep(one)
    assert files(tmp_path) == []


def test_a_kept_file_has_a_name_for_people_until_the_next_start(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    kept = pictures.path(one.sha256)
    named = pictures.named(kept, "2026-11-25 红苹果 7.png")
    assert (named.name, named.read_bytes()) == ("2026-11-25 红苹果 7.png", one.png)
    assert named.samefile(kept)
    assert pictures.named(kept, named.name) == named
    Pictures(tmp_path)
    assert named.is_file(), "a second start, which will be refused, takes nothing away"
    pictures.forget_names()
    assert files(tmp_path) == [kept]


def test_where_a_disk_has_no_links_the_name_leads_to_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    assert pictures.named(pictures.path(one.sha256), "a.png").read_bytes() == one.png


def test_a_file_that_is_being_written_by_another_program_is_no_crash_s(tmp_path: Path) -> None:
    folder = tmp_path / "incomplete"
    Pictures(tmp_path)
    descriptor, part = durable._begin(folder)
    (folder / "left").write_bytes(b"half")
    subprocess.run([sys.executable, "-c", SWEEP, tmp_path], cwd=ROOT, check=True)
    assert [file.name for file in folder.iterdir()] == [Path(part).name]
    os.close(descriptor)
    assert Pictures(tmp_path).sweep_incomplete() == 1
    assert list(folder.iterdir()) == []


def test_sweeps_beside_many_writes_lose_none(tmp_path: Path) -> None:
    pictures, stop = Pictures(tmp_path), threading.Event()

    def start_again() -> None:
        while not stop.is_set():
            Pictures(tmp_path).sweep_incomplete()

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
