"""Request bodies: bounded in bytes and in time, read once, and passed on exactly as they were checked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import anyio
from starlette.types import Message, Receive

from server.gate import json_text
from server.gate.heads import too_large
from server.refusals import Refused

# A body may take ten seconds, and one second more for each 8 KiB of it: a modem is faster.
GRACE = 10.0
_SLOWEST = 8 * 2**10
# Below this a text is read in less time than it takes to hand it to a thread.
_SMALL = 8 * 2**10
_MOST_PARTS = 20
_BOUNDARY = re.compile(r'multipart/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))', re.IGNORECASE)


def bounded(receive: Receive, most: int, clock: Callable[[], float] = time.monotonic) -> Receive:
    """Return a ``receive`` that raises Refused after ``most`` bytes, or when the body trickles in too slowly.

    Only the time spent waiting for the sender counts.
    """
    taken, waited, more = 0, 0.0, True

    async def counted() -> Message:
        nonlocal taken, waited, more
        if not more:
            return await receive()
        start, left = clock(), GRACE + taken / _SLOWEST - waited
        with anyio.move_on_after(left) as limit:
            message = await receive()
        if limit.cancelled_caught or left <= 0:
            raise Refused(408, "too_slow", "The body of this request comes in too slowly.")
        waited += clock() - start
        taken += len(message.get("body", b""))
        more = bool(message.get("more_body", False))
        if taken > most:
            raise too_large(most)
        return message

    return counted


async def whole(receive: Receive) -> tuple[bytes, Receive]:
    """Return the body, and a ``receive`` that gives it once more."""
    pieces, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    body, delivered = b"".join(pieces), False

    async def again() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


async def json_object(body: bytes, content_type: str, readers: anyio.CapacityLimiter) -> dict[str, Any]:
    """Return the JSON object of a body. Large ones are read in a thread of the ``readers``. Raises Refused."""
    if not is_json(content_type):
        raise Refused(415, "unsupported_type", "The content type of this request has to be application/json.")
    value: dict[str, Any] = await _read(json_text.parse_object, body, readers, status=400)
    return value


async def require_json(body: bytes, readers: anyio.CapacityLimiter) -> None:
    """Return if a body is JSON that may be taken; what shape it must have, its route says. Raises Refused."""
    await _read(json_text.parse, body, readers, status=422)


async def _read(parse: Callable[[bytes], Any], body: bytes, readers: anyio.CapacityLimiter, *, status: int) -> Any:
    try:
        if len(body) <= _SMALL:
            return parse(body)
        return await anyio.to_thread.run_sync(parse, body, limiter=readers)
    except json_text.NotJsonError as error:
        raise Refused(status, "invalid_request", str(error)) from error


def is_json(content_type: str) -> bool:
    """Tell whether a header says JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def few_parts(receive: Receive, content_type: str) -> Receive:
    """Return a ``receive`` that raises Refused after twenty parts of a form; each costs a file, however small it is.

    A form that ends before its first part does is refused as well; else it would count as one without files.
    """
    match = _BOUNDARY.match(content_type)
    if match is None:
        raise Refused(415, "unsupported_type", "Files are taken as multipart/form-data with a boundary.")
    mark = b"--" + (match.group(1) or match.group(2)).encode()
    parts, rest = 0, b""

    async def counted() -> Message:
        nonlocal parts, rest
        message = await receive()
        piece = rest + message.get("body", b"")
        parts += piece.count(mark)
        # What could be the beginning of a mark is looked at again with the next piece.
        end = piece.rfind(mark)
        rest = piece[max(end + len(mark) if end >= 0 else 0, len(piece) - len(mark) + 1) :]
        if parts > _MOST_PARTS + 1:  # the last mark ends the form
            raise Refused(413, "too_large", f"At most {_MOST_PARTS} files or fields are taken at once.")
        # A mark begins the part, another ends it.
        if message["type"] == "http.request" and not message.get("more_body", False) and parts < 2:
            raise Refused(400, "invalid_request", "There is no whole file in this form; it may have been cut off.")
        return message

    return counted
