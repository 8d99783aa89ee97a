"""Finds the files that a response of Gradio names, while it is sent: its receiver may fetch them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

# A configuration inside a page; Gradio writes it with the quotes of JSON, so no text inside it can forge a key.
_IN_PAGE = re.compile(rb'"path": ?("(?:[^"\\]|\\.)+")')
# How an address begins. White space before it is ignored by some readers of addresses.
_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+:")
# All of the page's address of a file but the path. Its host is not ours to know: a proxy may stand in front.
_FILE_ADDRESS = re.compile(r"(?:https?://[^/?#]*)?(?:/[^?#]*?)?/gradio_api/file=")
_log = logging.getLogger(__name__)
_FILE = "gradio.FileData"
_LARGEST = 8 * 2**20
# Below this a text is read in less time than it takes to hand it to a thread.
_SMALL = 32 * 2**10


class FileWatcher:
    """Reads one response body in pieces. Only Gradio's own file objects count, never text that looks like a path."""

    def __init__(self, content_type: str, *, upload: bool = False) -> None:
        """Make a watcher; the reply to an ``upload`` is a bare list of paths, as no other reply is."""
        self._kind = content_type.partition(";")[0].strip().lower()
        self._upload = upload
        self._rest = b""

    def large(self, piece: bytes) -> bool:
        """Tell whether taking the next piece may be long work, which belongs into a thread."""
        return len(self._rest) + len(piece) > _SMALL

    def feed(self, piece: bytes, *, last: bool) -> set[str]:
        """Take the next piece and return the paths of files found by now."""
        if self._kind not in {"text/event-stream", "application/json", "text/html"}:
            return set()
        self._rest += piece
        if len(self._rest) > _LARGEST:
            _log.warning("an answer of more than %d bytes is not searched for files", _LARGEST)
            self._rest = b""
        if self._kind == "text/event-stream":
            *lines, self._rest = self._rest.split(b"\n")
            return {path for line in lines if b'"path"' in line for path in _given(line.partition(b":")[2])}
        if not last:
            return set()
        if self._kind == "text/html":
            return {json.loads(match) for match in _IN_PAGE.findall(self._rest)}
        if self._upload:
            return {path for path in json.loads(self._rest) if isinstance(path, str)}
        return set(_given(self._rest))


def named_files(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object in plain JSON from a caller that could make Gradio open a file, or an address."""
    if isinstance(value, dict) and (isinstance(value.get("path"), str) or value.get("url") is not None):
        yield value
    for inner in _inside(value):
        yield from named_files(inner)


def plainly_local(file: Mapping[str, Any]) -> bool:
    """Tell whether a file object of a caller names a file here, and no address from which it would be fetched.

    The page sends the address along under which it shows the file; any other is refused, whatever its scheme.
    """
    path, url = file.get("path"), file.get("url")
    if not isinstance(path, str):
        return url is None
    if _ADDRESS.match(path):
        return False
    if not isinstance(url, str):
        return url is None
    shown = unquote(url)
    head = _FILE_ADDRESS.match(shown)
    return head is not None and shown[head.end() :] == path


def _given(data: bytes) -> Iterator[str]:
    try:
        yield from _files(json.loads(data))
    except (ValueError, RecursionError):
        return


def _files(value: object) -> Iterator[str]:
    match value:
        case {"path": str(path), "meta": {"_type": kind}} if kind == _FILE:
            yield path
        # A generator sends differences to its last output: a new path arrives without its object.
        case ["replace" | "add", [*_, "path"], str(path)]:
            yield path
    for inner in _inside(value):
        yield from _files(inner)


def _inside(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
