"""JSON from strangers: small, shallow, and with one meaning for every reader."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 32
MOST_VALUES = 10_000
_INTEGERS = range(-(2**63), 2**64)

# The closing quote is optional, so that a string without an end is one string to the end and not one try per sign.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_HALF_SIGN = re.compile(r"\\u[dD][89a-fA-F]")


class NotJsonError(ValueError):
    """The text cannot be used as JSON here; the sentence says why."""


def parse(body: bytes) -> Any:
    """Return the value of a JSON text.

    Refused are, beside what is no JSON: more than 32 levels or 10,000 values, which cost every later reader far more
    than their bytes tell; a key given twice, since two readers could each believe another of the two values; numbers
    that not every reader can hold; and text that is not Unicode.

    Raises:
        NotJsonError: with a sentence for people.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJsonError(f"The body is not UTF-8 text: byte {error.start + 1} is none.") from error
    _require_small(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_constant, parse_int=_whole, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJsonError(f"The body is no JSON at {place}: {error.msg}; allowed: one JSON object.") from error
    if _HALF_SIGN.search(text):
        _require_unicode(value)
    return value


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises NotJsonError."""
    value = parse(body)
    if not isinstance(value, dict):
        raise NotJsonError("The body has to be one JSON object.")
    return value


def _require_small(text: str) -> None:
    if text.count(",") + text.count("[") + text.count("{") <= DEEPEST:
        return
    outside = _STRING.sub("", text)
    if outside.count(",") + outside.count("[") + outside.count("{") > MOST_VALUES:
        raise NotJsonError(f"The body holds more than {MOST_VALUES:,} values; that many are not taken.")
    depth = 0
    for bracket in _BRACKET.findall(outside):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise NotJsonError(f"The body is nested more than {DEEPEST} levels deep.")


def _require_unicode(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJsonError("The body holds half of a Unicode sign (a lone surrogate).") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise NotJsonError("The body gives a key twice.")
    return values


def _constant(name: str) -> NoReturn:
    raise NotJsonError(f"The body holds {name}, which is no number of JSON.")


def _whole(digits: str) -> int:
    if len(digits) <= 20 and (number := int(digits)) in _INTEGERS:
        return number
    raise NotJsonError(f"The body holds a whole number of {len(digits):,} digits; it has to fit 64 bits.")


def _decimal(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotJsonError("The body holds a number that is too large.")
    return value
