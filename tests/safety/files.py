"""Files people might bring, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

# A pattern with a different colour in each corner, so that turning and mirroring show.
CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "yellow": (1, 1)}


def corners(width: int = 64, height: int = 48) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    for colour, (column, row) in CORNERS.items():
        image.paste(
            colour, (column * width // 2, row * height // 2, (column + 1) * width // 2, (row + 1) * height // 2)
        )
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gps_jpeg(*, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera Maker"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return encoded(corners(), "JPEG", exif=exif, comment=b"home address", icc_profile=b"secret profile", quality=95)


def huge_png(width: int, height: int) -> bytes:
    """A real black PNG of any size, built row by row: 13,000 x 13,000 pixels take half a megabyte."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width * 3 + 1)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


# Bytes of one value of each of the twelve EXIF types: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, ... DOUBLE.
EXIF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


def tiff(*entries: tuple[int, int, int, bytes]) -> bytes:
    """Return an EXIF block of (tag, type, count, bytes of the values), whether they fit each other or not."""
    heads, values = b"", b""
    start = 8 + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        here = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<L", start + len(values))
        values += value if len(value) > 4 else b""
        heads += struct.pack("<HHL", tag, kind, count) + here
    return b"II*\0" + struct.pack("<LH", 8, len(entries)) + heads + bytes(4) + values


def with_exif(block: bytes, kind: str = "JPEG") -> bytes:
    """Return a picture of that kind with exactly these bytes as its EXIF. An MPO is a JPEG with a second one behind."""
    if kind in {"PNG", "WEBP"}:
        return encoded(corners(), kind, exif=b"Exif\0\0" + block)
    options = {"save_all": True, "append_images": [corners()]} if kind == "MPO" else {}
    plain = encoded(corners(), kind, quality=95, **options)
    segment = b"Exif\0\0" + block
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]
