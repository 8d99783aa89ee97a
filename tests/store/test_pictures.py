from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import StorageError, UnknownRunError
from core.media import Picture, Sound
from store.pictures import Pictures


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


def test_a_kept_file_has_a_name_for_people_until_the_next_start(tmp_path: Path) -> None:
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    kept = pictures.path(one.sha256)
    named = pictures.named(kept, "2026-11-25 红苹果 7.png")
    assert (named.name, named.read_bytes()) == ("2026-11-25 红苹果 7.png", one.png)
    assert named.samefile(kept)
    assert pictures.named(kept, named.name) == named
    Pictures(tmp_path)
    assert files(tmp_path) == [kept]


def test_where_a_disk_has_no_links_the_name_leads_to_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    pictures, one = Pictures(tmp_path), picture()
    pictures.keep(one)
    assert pictures.named(pictures.path(one.sha256), "a.png").read_bytes() == one.png
