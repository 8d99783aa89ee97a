"""Requests as JSON: what a row of the run log keeps, and how it becomes a request again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from core.actions import Action
from core.errors import InvalidRequestError
from core.excerpt import SHORTENED
from core.media import Picture
from core.requests import AskRequest, DescribeRequest, GenerateRequest, Request, SpeakRequest, Turn

REQUESTS: Mapping[Action, type[Request]] = {
    kind.action: kind for kind in (GenerateRequest, AskRequest, DescribeRequest, SpeakRequest)
}


def to_json(request: Request) -> dict[str, Any]:
    """Return plain JSON values; a picture becomes ``{"sha256", "width", "height"}``."""
    return {field.name: _plain(getattr(request, field.name)) for field in fields(request)}


def from_json(action: Action, values: Mapping[str, Any], load: Callable[[str], Picture]) -> Request:
    """Rebuild the request of ``action``.

    Args:
        action: names the class.
        values: what ``to_json`` returned.
        load: gives the picture of a SHA-256.

    Raises:
        InvalidRequestError: ``values`` has an unknown field, lacks one, breaks a bound, or was not kept whole.
    """
    if SHORTENED in values:
        raise InvalidRequestError("run", "refused, and kept in short", "a run whose request was kept whole")
    kind = REQUESTS[action]
    known = {field.name for field in fields(kind)}
    for name in values:
        if name not in known:
            raise InvalidRequestError("request", name, f"the fields {', '.join(sorted(known))}")
    built = dict(values)
    if "image" in built:
        built["image"] = load(built["image"]["sha256"])
    if "history" in built:
        built["history"] = tuple(Turn(**turn) for turn in built["history"])
    return kind(**built)


def words(request: Request) -> str:
    """Return the text a person reads in a list of runs."""
    match request:
        case GenerateRequest(prompt=text) | AskRequest(question=text) | SpeakRequest(text=text):
            return text
        case DescribeRequest(length=length):
            return f"Describe the picture ({length})"


def pictures(request: Request) -> tuple[Picture, ...]:
    """Return the pictures a request brings with it."""
    return (request.image,) if isinstance(request, AskRequest | DescribeRequest) else ()


def _plain(value: object) -> object:
    if isinstance(value, Picture):
        return {"sha256": value.sha256, "width": value.width, "height": value.height}
    if isinstance(value, tuple):
        return [{"question": turn.question, "answer": turn.answer} for turn in value]
    return value
