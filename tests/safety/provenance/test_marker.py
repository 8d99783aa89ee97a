import json
import re
import struct
import time
import zlib
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.media import Picture
from core.ports import Marker
from safety.pictures.uploads import PictureReader
from safety.provenance.marker import DIGITAL_SOURCE_TYPE, PngMarker, read_mark
from safety.provenance.png_chunks import add_texts, chunks, read_text
from tests.safety.files import corners, encoded

MARKER: Marker = PngMarker()
RECORD: dict[str, Any] = {
    "run": "0123456789abcdef0123456789abcdef",
    "model": "demo-show",
    "made": "2026-01-02T03:04:05+00:00",
    "request": {
        "prompt": "a red apple \U0001f34e, تفاحة حمراء",
        "negative_prompt": "blurry",
        "style": "none",
        "aspect_ratio": "square",
        "count": 1,
        "seed": 7,
        "steps": 25,
        "guidance": 5.0,
        "handover": 0.8,
        "scheduler": "default",
        "model": "demo-show",
    },
    "facts": {
        "prompt": "a red apple \U0001f34e, تفاحة حمراء, flat icon",
        "scheduler": {"class": "EulerDiscreteScheduler", "config": {}},
        "handover": None,
    },
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def picture(image: Image.Image | None = None) -> Picture:
    image = image or corners()
    return Picture(png=encoded(image), width=image.width, height=image.height)


def test_the_pixels_stay_as_they_are() -> None:
    plain = picture(Image.effect_noise((96, 64), 90).convert("RGB"))
    marked = MARKER.mark(plain, RECORD)
    assert marked.sha256 != plain.sha256
    assert (marked.width, marked.height) == (plain.width, plain.height)
    before, after = (Image.open(BytesIO(one.png)) for one in (plain, marked))
    assert before.tobytes() == after.tobytes()
    packed = [[body for kind, body in chunks(one.png) if kind == b"IDAT"] for one in (plain, marked)]
    assert packed[0] == packed[1]


def test_what_was_written_comes_back() -> None:
    assert read_mark(MARKER.mark(picture(), RECORD).png) == RECORD


@settings(max_examples=100)
@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_any_record_comes_back(record: dict[str, Any]) -> None:
    plain = picture()
    marked = MARKER.mark(plain, record)
    assert read_mark(marked.png) == record
    assert Image.open(BytesIO(marked.png)).tobytes() == corners().tobytes()


def test_marking_again_replaces_the_mark() -> None:
    once = MARKER.mark(picture(), RECORD)
    assert MARKER.mark(once, RECORD).png == once.png
    other = MARKER.mark(once, {**RECORD, "run": "other"})
    assert read_mark(other.png) == {**RECORD, "run": "other"}
    assert sum(kind == b"iTXt" for kind, _ in chunks(other.png)) == 4


def test_other_tools_read_it() -> None:
    image = Image.open(BytesIO(MARKER.mark(picture(), RECORD).png))
    assert image.info["Software"] == "Show & Tell"
    assert image.info["parameters"] == (
        "a red apple \U0001f34e, تفاحة حمراء, flat icon\n"
        "Negative prompt: blurry\n"
        "Steps: 25, Sampler: Euler, CFG scale: 5.0, Seed: 7, Size: 64x48, Model: demo-show"
    )
    assert json.loads(image.info["show-and-tell"]) == RECORD
    description = ElementTree.fromstring(image.info["XML:com.adobe.xmp"])[0][0]  # noqa: S314 - our own text
    assert description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType") == DIGITAL_SOURCE_TYPE
    assert DIGITAL_SOURCE_TYPE.endswith("trainedAlgorithmicMedia")
    assert description.get("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "Show & Tell"


def as_other_tools_read(text: str) -> tuple[str, str, dict[str, str]]:
    """Return prompt, negative prompt and settings as the widespread readers take them apart: by lines."""
    *lines, last = text.strip().split("\n")
    settings = dict(re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', last))
    prompt: list[str] = []
    negative: list[str] = []
    into = prompt
    for line in lines:
        if line.strip().startswith("Negative prompt:"):
            into = negative
        into.append(line.strip().removeprefix("Negative prompt:").strip())
    return "\n".join(prompt), "\n".join(negative), settings


@pytest.mark.parametrize(
    "hostile",
    [
        "a house\nNegative prompt: tree",
        "Negative prompt: tree",
        "a house\r\nSteps: 20, Sampler: DDIM, CFG scale: 9, Seed: 1, Size: 8x8",
        "Steps: 20, Sampler: DDIM, CFG scale: 9",
        "a\u2028Negative prompt: tree\u2029Steps: 3",
        "a\x0bnegative PROMPT : tree\x85Seed:5",
        "房子Negative prompt: tree",
        "a\n\n\nb",
    ],
)
@pytest.mark.parametrize("where", ["prompt", "negative_prompt"])
def test_words_cannot_pass_for_another_part(hostile: str, where: str) -> None:
    facts = {"prompt": "a house", "negative_prompt": "rain", where: hostile, "scheduler": RECORD["facts"]["scheduler"]}
    marked = MARKER.mark(picture(), {**RECORD, "facts": facts})
    text = Image.open(BytesIO(marked.png)).info["parameters"]
    prompt, negative, settings = as_other_tools_read(text)
    assert (settings["Steps"], settings["Seed"], settings["Sampler"]) == ("25", "7", "Euler")
    assert (negative == "rain") is (where == "prompt")
    assert (prompt == "a house") is (where == "negative_prompt")
    # Readers that look for the words anywhere find each part once.
    assert text.lower().count("negative prompt:") == text.count("Steps:") == text.count("Seed:") == 1
    assert len(re.split(r"[\n\r\v\f\x85\u2028\u2029]", text)) == 3
    mark = read_mark(marked.png)
    assert mark is not None
    assert mark["facts"][where] == hostile


def test_a_setting_with_a_comma_stays_one_setting() -> None:
    marked = MARKER.mark(picture(), {**RECORD, "model": "a, Seed: 5\nb"})
    settings = as_other_tools_read(Image.open(BytesIO(marked.png)).info["parameters"])[2]
    assert settings["Seed"] == "7"
    assert json.loads(settings["Model"]) == "a, Seed: 5\nb"


def test_odd_facts_and_broken_signs_do_not_lose_the_picture() -> None:
    record = {**RECORD, "facts": {"when": time.gmtime, "prompt": "\ud800 \x00 half a sign"}}
    marked = MARKER.mark(picture(), record)
    mark = read_mark(marked.png)
    assert mark is not None
    assert mark["run"] == RECORD["run"]
    assert Image.open(BytesIO(marked.png)).info["parameters"].startswith("?  half a sign")


def text_chunk(keyword: bytes, rest: bytes, kind: bytes = b"iTXt") -> bytes:
    body = keyword + b"\x00" + rest
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize(
    "chunk",
    [
        text_chunk(b"show-and-tell", b"\x00\x00\x00\x00not json"),
        text_chunk(b"show-and-tell", b"\x00\x00\x00\x00[1, 2]"),
        text_chunk(b"show-and-tell", b"\x00\x00\x00\x00" + b"[" * 100_000),
        text_chunk(b"show-and-tell", b'\x00\x00\x00\x00{"a": "' + b"x" * 300_000 + b'"}'),
        text_chunk(b"show-and-tell", b"\x00\x00\x00\x00\xff\xfe{}"),
        text_chunk(b"show-and-tell", b"\x01\x00\x00\x00" + zlib.compress(b"{}")),
        text_chunk(b"show-and-tell", b"\x00\x00"),
        text_chunk(b"show-and-tell", b""),
        text_chunk(b"other", b"\x00\x00\x00\x00{}"),
    ],
    ids=["no-json", "a-list", "deep", "long", "no-utf8", "compressed", "cut", "empty", "another-key"],
)
def test_a_foreign_or_hostile_mark_is_no_mark(chunk: bytes) -> None:
    png = picture().png
    assert read_mark(png[:33] + chunk + png[33:]) is None


def test_a_plain_text_chunk_of_another_writer_is_read() -> None:
    png = picture().png
    assert read_mark(png[:33] + text_chunk(b"show-and-tell", b'{"run": "x"}', b"tEXt") + png[33:]) == {"run": "x"}


@settings(max_examples=200)
@given(st.binary(max_size=200), st.integers(0, 2_000))
def test_any_bytes_are_a_mark_or_none(junk: bytes, cut: int) -> None:
    marked = MARKER.mark(picture(), RECORD).png
    assert read_mark(junk) is None
    assert read_mark(marked[:cut] + junk) in (None, RECORD)


def test_a_damaged_file_is_not_marked() -> None:
    png = picture().png
    for broken in (b"", b"GIF89a", png[:-5], png[:40] + b"\x00" + png[41:]):
        with pytest.raises(ValueError, match="PNG"):
            add_texts(broken, {"a": "b"})
    assert read_text(png, "a") is None


def test_the_door_drops_the_mark() -> None:
    assert read_mark(PictureReader().read(MARKER.mark(picture(), RECORD).png).png) is None


def test_marking_is_far_cheaper_than_encoding_anew() -> None:
    plain = picture(Image.effect_noise((1024, 1024), 60).convert("RGB"))

    def seconds() -> float:
        start = time.perf_counter()
        MARKER.mark(plain, RECORD)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.03
