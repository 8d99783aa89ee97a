"""Reads the pictures people upload.

What comes out was drawn anew from the pixels, so nothing else of the file survives: no EXIF, GPS, ICC, XMP, comments or
bytes behind the end. Colour profiles are dropped, not applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from core.actions import Actor
from core.errors import InvalidRequestError
from core.media import Picture
from core.ports import Uploads
from safety.pictures.file_kinds import ALLOWED, kind
from safety.pictures.orientation import upright
from safety.pictures.turns import Turns

MAX_BYTES = 10_000_000
MAX_PIXELS = 25_000_000
MAX_SIDE = 8_192
MIN_SIDE = 8
# Larger pictures are made smaller: no model here sees more, and what is kept stays small.
KEPT_SIDE = 2_048

_FIELD = "image"
_KINDS = "a PNG, JPEG, WebP, GIF or BMP picture"
# The fastest level that still compresses: a photo of 2048 pixels takes a third of a second instead of two.
_COMPRESSION = 1
_JPEG = b"\xff\xd8\xff"


class PictureReader(Uploads):
    """Returns clean pictures. One is decoded at a time, which bounds the memory of all together; people take turns."""

    def __init__(self) -> None:
        self._turns = Turns()

    def read(self, data: bytes, name: str = "upload", *, actor: Actor | None = None) -> Picture:
        """Return a clean picture: first frame, upright, RGB on white, longest side at most 2048 pixels, no metadata.

        Args:
            data: the file, at most 10 MB, 8 to 8192 pixels a side and 25 million pixels.
            name: of the file, for the sentence; what it ends on does not matter.
            actor: who brings it; None is the program itself.

        Raises:
            InvalidRequestError: not such a picture; nothing large was decoded.
            QueueFullError: too many pictures of this actor wait.
        """
        shown = name if len(name) <= 40 else f"{name[:37]}..."
        if len(data) > MAX_BYTES:
            raise InvalidRequestError(_FIELD, f"{shown} ({len(data) / 1e6:.1f} MB)", "a file of at most 10 MB")
        if not data:
            raise InvalidRequestError(_FIELD, f"{shown} (an empty file)", _KINDS)
        with self._turns.take(actor), _sentences(data, shown), _open(data) as opened:
            _check_size(opened, shown)
            return _clean(opened)


def _open(data: bytes) -> Image.Image:
    if data.startswith(_JPEG):
        # Image.open would read the index of further pictures too (MPO), and a photo is good without it.
        return JpegImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=ALLOWED)


@contextmanager
def _sentences(data: bytes, shown: str) -> Iterator[None]:
    """Turn whatever a decoder raises into the sentence for the person."""
    try:
        yield
    except InvalidRequestError:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidRequestError(_FIELD, f"{shown} (too many pixels)", _sizes()) from error
    except Exception as error:
        # Decoders raise almost anything on a broken file.
        found = kind(data)
        allowed = any(word in found for word in ("PNG", "JPEG picture", "WebP", "GIF", "BMP"))
        broken = f"{found} that is broken or cut off" if allowed else found
        raise InvalidRequestError(_FIELD, f"{shown} ({broken})", _advice(found)) from error


def _advice(found: str) -> str:
    if found == "a HEIC photo":
        return f"{_KINDS}; export the photo as JPEG first"
    return f"{_KINDS}; export the drawing as PNG first" if found == "an SVG drawing" else f"{_KINDS} that opens"


def _sizes() -> str:
    return f"{MIN_SIDE} to {MAX_SIDE} pixels a side, and at most {MAX_PIXELS // 1_000_000} million pixels"


def _check_size(opened: Image.Image, shown: str) -> None:
    """Refuse by the header, before a pixel is decoded.

    Pillow's own warning about decompression bombs begins at 89 million pixels, far behind this.
    """
    width, height = opened.size
    longest, shortest = max(width, height), min(width, height)
    kept = shortest * min(1.0, KEPT_SIDE / longest)
    if shortest < MIN_SIDE or longest > MAX_SIDE or width * height > MAX_PIXELS:
        raise InvalidRequestError(_FIELD, f"{shown} ({width} x {height} pixels)", _sizes())
    if kept < MIN_SIDE:
        ratio = f"at most {KEPT_SIDE // MIN_SIDE} times as long as wide"
        raise InvalidRequestError(_FIELD, f"{shown} ({width} x {height} pixels)", ratio)


def _clean(opened: Image.Image) -> Picture:
    # JPEG can be decoded at half, a quarter or an eighth of its size, which is never smaller than asked for.
    opened.draft(None, (KEPT_SIDE, KEPT_SIDE))
    opened.load()
    image: Image.Image = _eight_bits(opened)
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in opened.info:
        # convert() copies even what has the mode already; a copy of the largest picture is 100 MB.
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        image.thumbnail((KEPT_SIDE, KEPT_SIDE))
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    else:
        image = image if image.mode == "RGB" else image.convert("RGB")
        image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    image = upright(image, opened)
    # A new picture from the bare pixels: whatever hung on the old one stays behind.
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    file = BytesIO()
    bare.save(file, "PNG", compress_level=_COMPRESSION)
    return Picture(png=file.getvalue(), width=bare.width, height=bare.height)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return 16-bit greyscale as 8-bit; Pillow would clip it to white."""
    if image.mode == "I" or image.mode.startswith("I;16"):
        return image.convert("I").point(lambda level: level / 257).convert("L")
    return image
