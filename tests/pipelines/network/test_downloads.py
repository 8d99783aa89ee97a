"""What the tests of the engines do not reach; fetching over a connection is tested there."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import EngineFailedError
from pipelines.network.downloads import fetch, picture
from pipelines.network.transport import RetryBudget


def test_nothing_of_the_file_but_its_pixels_stays() -> None:
    texts = PngInfo()
    texts.add_text("parameters", "secret words")
    file = io.BytesIO()
    Image.new("RGBA", (6, 4), (10, 20, 30, 255)).save(
        file, "PNG", pnginfo=texts, icc_profile=b"profile", exif=Image.Exif().tobytes(), dpi=(72, 72)
    )
    clean = picture(file.getvalue())
    opened = Image.open(io.BytesIO(clean.png))
    assert (opened.mode, opened.size, opened.info) == ("RGB", (6, 4), {})
    assert opened.getpixel((0, 0)) == (10, 20, 30)
    assert b"secret" not in clean.png


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_formats(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (6, 4)).save(file, kind)
    assert picture(file.getvalue()).width == 6


@pytest.mark.parametrize(
    "url",
    [
        "https://evilreplicate.delivery/1.png",
        "https://replicate.delivery.example.org/1.png",
        "https://replicate.delivery@example.org/1.png",
        "http://replicate.delivery/1.png",
        "ftp://replicate.delivery/1.png",
        "//replicate.delivery/1.png",
        "",
    ],
)
def test_only_known_hosts_over_https(url: str) -> None:
    with pytest.raises(EngineFailedError, match="known hosts"):
        fetch(url, hosts=("replicate.delivery",), limit=100, budget=RetryBudget(seconds=1))


def test_what_lies_in_the_address_is_bounded_too() -> None:
    with pytest.raises(EngineFailedError, match="not accepted"):
        fetch("data:image/png;base64," + "A" * 200, hosts=(), limit=100, budget=RetryBudget(seconds=1))
