from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.media import Picture
from pipelines.machine.encoded import to_image, to_picture


def encoded(image: Image.Image) -> Picture:
    file = io.BytesIO()
    image.save(file, "PNG")
    return Picture(png=file.getvalue(), width=image.width, height=image.height)


def test_pixels_survive_the_way_there_and_back() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8))
    picture = to_picture(image)
    assert (picture.width, picture.height) == (9, 6)
    assert np.array_equal(np.asarray(to_image(picture)), np.asarray(image))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    clear = Image.new("RGBA", (2, 2), (10, 20, 30, 0)).convert(mode)
    assert to_image(encoded(clear)).getpixel((0, 0)) == (255, 255, 255)


def test_gray_becomes_rgb() -> None:
    assert to_image(encoded(Image.new("L", (2, 2), 7))).getpixel((1, 1)) == (7, 7, 7)
