"""Reads and adds the text chunks of a PNG without touching its pixels.

Source: Portable Network Graphics specification, sections 5 (chunks) and 11.3 (text).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Compressed text is never written by us, and reading it would mean decompressing what strangers wrote.
_UNCOMPRESSED = b"\x00\x00"


def add_texts(png: bytes, texts: Mapping[str, str]) -> bytes:
    """Return ``png`` with one ``iTXt`` chunk per keyword behind its header, replacing those it had.

    Args:
        png: a whole PNG file.
        texts: keyword (1..79 characters of Latin-1) -> any text without lone surrogates.

    Raises:
        ValueError: it is no PNG, or is broken.
    """
    pieces = [_SIGNATURE]
    for number, (kind, body) in enumerate(chunks(png)):
        if _text(kind, body)[0] in texts:
            continue
        pieces.append(_chunk(kind, body))
        if number == 0:
            pieces += [_chunk(b"iTXt", _itxt(keyword, text)) for keyword, text in texts.items()]
    return b"".join(pieces)


def read_text(png: bytes, keyword: str) -> str | None:
    """Return the text of the first chunk of that keyword, or None. Raises ValueError as ``chunks``."""
    return next((text for found, text in _texts(chunks(png)) if found == keyword), None)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, body) of every chunk; bytes behind the end are left out.

    Raises:
        ValueError: it is no PNG, is cut off, or a checksum is wrong.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG file")
    place = len(_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        if place + 12 > len(png):
            raise ValueError("the PNG file is cut off")
        (length,) = struct.unpack_from(">I", png, place)
        kind, end = png[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(png):
            raise ValueError("the PNG file is cut off")
        body = png[place + 8 : end]
        if struct.unpack_from(">I", png, end)[0] != zlib.crc32(body, zlib.crc32(kind)):
            raise ValueError("the PNG file is damaged")
        yield kind, body
        place = end + 4


def _texts(found: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for kind, body in found:
        keyword, text = _text(kind, body)
        if keyword:
            yield keyword, text


def _text(kind: bytes, body: bytes) -> tuple[str, str]:
    """Return keyword and text of a text chunk; empty keyword for any other chunk, and for compressed or broken text."""
    if kind not in {b"tEXt", b"iTXt"}:
        return "", ""
    keyword, _, rest = body.partition(b"\x00")
    if kind == b"tEXt":
        return keyword.decode("latin-1"), rest.decode("latin-1")
    # Language, translated keyword, and the text itself.
    parts = rest[2:].split(b"\x00", 2)
    if rest[:2] != _UNCOMPRESSED or len(parts) < 3:
        return "", ""
    try:
        return keyword.decode("latin-1"), parts[2].decode("utf-8")
    except UnicodeDecodeError:
        return "", ""


def _itxt(keyword: str, text: str) -> bytes:
    return keyword.encode("latin-1") + b"\x00" + _UNCOMPRESSED + b"\x00\x00" + text.encode("utf-8")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
