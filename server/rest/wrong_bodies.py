"""What is wrong with a body, as a sentence that names the field, its value and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from server.refusals import refusal

_OBJECT = 'a JSON object such as {"text": "a red apple"}'
# The kinds of errors pydantic names -> what is allowed.
_ALLOWED = {
    "string_type": "text in quotation marks",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
}


def wrong_body(error: Mapping[str, Any], content_type: str, fields: Mapping[str, str]) -> Response:
    """Return the reply to a body that does not have the shape it must have.

    Args:
        error: the first of the errors FastAPI found.
        content_type: what the caller declared the body to be; empty if nothing.
        fields: what the body may hold -> a sentence about it.
    """
    field = ".".join(str(part) for part in error["loc"] if part != "body")
    value, kind = error.get("input"), error["type"]
    if not field:
        return _no_object(value, kind, content_type)
    if kind == "missing":
        return _refused(f"{field} is missing; allowed: {fields.get(field, 'a value for it.')}", field)
    if kind == "extra_forbidden":
        return _refused(f"{field} is not a field of this request; allowed: {', '.join(fields)}.", field)
    allowed = _ALLOWED.get(kind, "a value of the kind that /docs names")
    return _refused(f"{field} is {_shown(value)}; allowed: {allowed}. {fields.get(field, '')}".rstrip(), field)


def _no_object(value: object, kind: str, content_type: str) -> Response:
    media_type = content_type.partition(";")[0].strip()
    if isinstance(value, bytes) or (media_type and "json" not in media_type):
        said = f"The content type is {media_type[:80]!r}" if media_type else "The content type is missing"
        return refusal(415, "invalid_request", f"{said}; allowed: application/json.")
    what = "empty" if kind == "missing" else _shown(value)
    return _refused(f"The body is {what}; allowed: {_OBJECT}.")


def _refused(sentence: str, field: str = "") -> Response:
    return refusal(422, "invalid_request", sentence.encode("utf-8", "backslashreplace").decode(), field=field)


def _shown(value: object) -> str:
    words = json.dumps(value, default=str, ensure_ascii=False)
    return words if len(words) <= 60 else f"{words[:57]}..."
