from __future__ import annotations

import gzip

import brotli
import pytest

from server.delivery import encodings


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("BR", "br"),
        ("br;q=0, gzip;q=0.0", None),
        ("br;q=nonsense", None),
        ("identity", None),
        ("*", None),
        ("vibro, brr", None),
        ("", None),
    ],
)
def test_what_a_caller_takes(header: str, chosen: str | None) -> None:
    assert encodings.preferred(header) == chosen


def test_both_encodings_are_what_others_read() -> None:
    data = b"the same words again and again, " * 100
    packed = {name: encodings.compress(data, name) for name in ("br", "gzip")}
    assert brotli.decompress(packed["br"]) == data == gzip.decompress(packed["gzip"])
    assert max(map(len, packed.values())) < len(data) / 10


def test_streams_and_pictures_are_no_text_that_comes_whole() -> None:
    assert encodings.is_text("Text/HTML; charset=utf-8")
    assert not any(map(encodings.is_text, ("text/event-stream", "image/png", "audio/mpeg", "application/zip", "")))
