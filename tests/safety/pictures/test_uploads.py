import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import InvalidRequestError
from core.media import Picture
from core.ports import Uploads
from safety.pictures.uploads import PictureReader
from tests.safety.files import CORNERS, corners, encoded, gps_jpeg, huge_png

DOOR: Uploads = PictureReader()


def shown(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.png))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (picture.width, picture.height))
    assert image.info == {}
    assert not image.getexif()
    return image


def corner_colours(image: Image.Image) -> list[tuple[int, ...]]:
    width, height = image.size
    return [image.getpixel((width // 4 + c * width // 2, height // 4 + r * height // 2)) for c, r in CORNERS.values()]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_every_allowed_kind_comes_in_with_its_colours(kind: str) -> None:
    options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
    image = shown(DOOR.read(encoded(corners(), kind, **options)))
    assert image.size == (64, 48)
    for here, there in zip(corner_colours(image), corner_colours(corners()), strict=True):
        assert max(abs(one - other) for one, other in zip(here, there, strict=True)) < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb_without_changing_brightness(mode: str) -> None:
    if mode == "I;16":
        image = Image.new("I;16", (16, 16), 0x8080)
    else:
        image = Image.new("RGB", (16, 16), (128, 128, 128)).convert(mode)
    data = encoded(image, "JPEG" if mode == "CMYK" else "PNG")
    mean = sum(shown(DOOR.read(data)).convert("L").getdata()) / 256
    assert 118 <= mean <= 138


@pytest.mark.parametrize("make", ["RGBA", "P", "L"])
def test_what_is_transparent_becomes_white(make: str) -> None:
    if make == "RGBA":
        data = encoded(Image.new("RGBA", (16, 16), (255, 0, 0, 0)))
    elif make == "P":
        data = encoded(Image.new("P", (16, 16), 0), "GIF", transparency=0)
    else:
        data = encoded(Image.new("L", (16, 16), 7), "PNG", transparency=7)
    assert shown(DOOR.read(data)).getpixel((3, 3)) == (255, 255, 255)


def test_half_transparent_red_becomes_pink() -> None:
    image = shown(DOOR.read(encoded(Image.new("RGBA", (16, 16), (255, 0, 0, 128)))))
    assert image.getpixel((3, 3)) == (255, 127, 127)


def test_the_first_frame_of_a_moving_picture_counts() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert shown(DOOR.read(data)).getpixel((3, 3)) == (255, 0, 0)


def test_where_a_photo_was_taken_is_left_outside() -> None:
    data = gps_jpeg()
    assert b"Secret Camera" in data
    picture = DOOR.read(data)
    shown(picture)
    for secret in (b"Secret", b"Exif", b"home address", b"profile", b"GPS"):
        assert secret not in picture.png


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright_at_their_full_width(orientation: int) -> None:
    turns = {5, 6, 7, 8}
    image = shown(DOOR.read(gps_jpeg(orientation=orientation)))
    assert image.size == ((48, 64) if orientation in turns else (64, 48))
    undone = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}[orientation]
    wanted = corners() if undone is None else corners().transpose(Image.Transpose(undone))
    for here, there in zip(corner_colours(image), corner_colours(wanted), strict=True):
        assert max(abs(one - other) for one, other in zip(here, there, strict=True)) < 25


def test_bytes_behind_the_end_and_texts_stay_outside() -> None:
    picture = DOOR.read(encoded(corners()) + b"PK\x03\x04 a whole archive" * 100)
    assert b"archive" not in picture.png


def test_large_pictures_are_kept_smaller() -> None:
    for kind in ("PNG", "JPEG"):
        picture = DOOR.read(encoded(Image.new("RGB", (4096, 1024), "teal"), kind))
        assert (picture.width, picture.height) == (2048, 512)


def test_the_same_file_gives_the_same_picture() -> None:
    data = gps_jpeg(orientation=6)
    assert DOOR.read(data).sha256 == PictureReader().read(data).sha256


NOISE = Image.effect_noise((200, 200), 90).convert("RGB")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"hello, I am a picture", r"upload.png \(text\)"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing.*as PNG first"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"\0\0\0\x18ftypheic" + bytes(200), "a HEIC photo.*as JPEG first"),
        (b"%PDF-1.7" + bytes(200), "a PDF"),
        (bytes(200), "a file of an unknown kind"),
        (encoded(NOISE, "TIFF"), "a TIFF picture"),
        (encoded(NOISE, "ICO"), "an icon"),
        (encoded(NOISE, "PNG")[:5_000], "a PNG picture that is broken or cut off"),
        (encoded(NOISE, "JPEG")[:3_000], "a JPEG picture that is broken or cut off"),
        (encoded(NOISE, "WEBP", lossless=True)[:3_000], "a WebP picture that is broken or cut off"),
        (encoded(NOISE, "GIF")[:3_000], "a GIF picture that is broken or cut off"),
        (encoded(NOISE, "BMP")[:3_000], "a BMP picture that is broken or cut off"),
        (encoded(Image.new("RGB", (1, 1))), r"1 x 1 pixels.*8 to 8192 pixels a side"),
        (encoded(Image.new("RGB", (7, 100))), "7 x 100 pixels"),
        (encoded(Image.new("RGB", (8, 8000))), "at most 256 times as long as wide"),
        (encoded(Image.new("1", (8193, 10))), "8193 x 10 pixels"),
        (encoded(Image.new("1", (5001, 5001))), "at most 25 million pixels"),
        (bytes(10_000_001), "10.0 MB.*at most 10 MB"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:24],
)
def test_what_is_no_such_picture_is_refused_by_its_kind(data: bytes, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words) as caught:
        DOOR.read(data, "upload.png")
    assert caught.value.field == "image"


def test_a_long_or_hostile_file_name_does_not_hurt() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        DOOR.read(b"x", "../" * 1_000 + "\ud800<script>")
    assert len(str(caught.value)) < 300
    str(caught.value).encode("utf-8")


_MEASURE = """
import resource, sys
from safety.pictures.uploads import PictureReader
data = open(sys.argv[1], "rb").read()
door = PictureReader()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print(door.read(data).width)
except ValueError as error:
    raise
except Exception as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def megabytes(data: bytes, folder: Path) -> tuple[str, int]:
    """Return what the door said, and how much memory it took, measured in a process of its own."""
    (folder / "file").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _MEASURE, str(folder / "file")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    said, grown = done.stdout.strip().splitlines()
    return said, int(grown)


@pytest.mark.parametrize(("width", "height"), [(13_000, 13_000), (6_000, 6_000)])
def test_a_picture_bomb_is_refused_by_its_header(width: int, height: int, tmp_path: Path) -> None:
    data = huge_png(width, height)
    assert len(data) < 600_000
    said, grown = megabytes(data, tmp_path)
    assert f"{width} x {height} pixels" in said
    assert grown < 20


def test_other_bombs_are_refused_without_decoding(tmp_path: Path) -> None:
    header = bytearray(encoded(Image.new("RGB", (16, 16)), "GIF"))
    header[6:10] = b"\xff\xff\xff\xff"
    bitmap = bytearray(encoded(Image.new("RGB", (16, 16)), "BMP"))
    bitmap[18:26] = b"\x00\x7d\x00\x00" * 2
    webp = encoded(Image.new("1", (9_000, 9_000)).convert("RGB"), "WEBP", lossless=True, method=0)
    for data in (bytes(header), bytes(bitmap), webp):
        said, grown = megabytes(data, tmp_path)
        assert "million pixels" in said
        assert grown < 20


def test_the_largest_allowed_picture_stays_within_bounds(tmp_path: Path) -> None:
    said, grown = megabytes(huge_png(5_000, 5_000), tmp_path)
    assert said == "2048"
    assert grown < 250


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), st.data())
def test_damaged_files_give_a_picture_or_a_sentence(kind: str, data: st.DataObject) -> None:
    whole = bytearray(encoded(corners(24, 24), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        shown(DOOR.read(bytes(whole[: data.draw(st.integers(0, len(whole)))])))
    except InvalidRequestError as error:
        assert str(error)  # noqa: PT017 - either end is right, and nothing else may happen
