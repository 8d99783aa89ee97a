"""Tells from the first bytes what a file is that is not an allowed picture, so that the refusal can name it."""

from __future__ import annotations

ALLOWED = ("PNG", "JPEG", "WEBP", "GIF", "BMP")

# Where, what, and what that is. Source: the magic numbers in the file formats' own specifications.
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftypheic", "a HEIC photo"),
    (4, b"ftypheix", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (4, b"ftypmsf1", "a HEIC photo"),
    (4, b"ftyphevc", "a HEIC photo"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a video"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"\x00\x00\x01\x00", "an icon (ICO)"),
    (0, b"\x00\x00\x00\x0cjP", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cJXL", "a JPEG XL picture"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%PDF", "a PDF"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office file"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"RIFF", "a sound or a video"),
    (0, b"ID3", "a sound"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"MZ", "a program"),
    (0, b"\x7fELF", "a program"),
)


def kind(data: bytes) -> str:
    """Return what ``data`` looks like, with its article; looks at the first 1,024 bytes only."""
    head = data[:1_024]
    if not head:
        return "an empty file"
    for place, sign, name in _SIGNS:
        if head[place : place + len(sign)] == sign:
            return name
    return _text(head)


def _text(head: bytes) -> str:
    try:
        # The last character may have been cut in two.
        words = head.decode("utf-8", "strict" if len(head) < 1_024 else "ignore").lstrip("\ufeff").lstrip().lower()
    except UnicodeDecodeError:
        return "a file of an unknown kind"
    if "\x00" in words:
        return "a file of an unknown kind"
    if "<svg" in words:
        return "an SVG drawing"
    return "an HTML page" if words.startswith(("<!doctype html", "<html")) else "text"
