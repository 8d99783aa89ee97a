"""Which way up a photo is: the only thing that is read of its EXIF."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image

_TAG = 0x0112
_TURNED: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(image: Image.Image, opened: Image.Image) -> Image.Image:
    """Return ``image`` as the metadata of ``opened``, the file it came from, says it is to be seen.

    An orientation that is missing, unreadable, of an odd type or not 1 to 8 leaves the picture as it is.
    """
    turn = _TURNED.get(_orientation(opened))
    return image if turn is None else image.transpose(turn)


def _orientation(opened: Image.Image) -> int:
    try:
        value = opened.getexif().get(_TAG)
    except Exception:  # noqa: BLE001 - cameras and editors write EXIF that breaks any reader; the pixels are good
        return 1
    # Whole numbers only: a float or a fraction that equals 6 would find its entry in the table as well.
    return value if type(value) is int else 1
