"""Request bodies: bounded, read once, and given to Gradio exactly as they were checked."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope


class BodyTooLargeError(Exception):
    """The body is longer than allowed."""


class MalformedBodyError(Exception):
    """The body is not the JSON object it has to be."""


def bounded(scope: Scope, receive: Receive, most: int) -> Receive:
    """Return a ``receive`` that raises BodyTooLargeError after ``most`` bytes. A length told in advance raises now."""
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > most:
        raise BodyTooLargeError
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise BodyTooLargeError
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
    body, given = b"".join(pieces), False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises MalformedBodyError.

    A key given twice is refused: two readers could each believe another of the two values.
    """
    try:
        value = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError from error
    if not isinstance(value, dict):
        raise MalformedBodyError
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found
