"""Bounds of single fields. Each function returns the value, or raises InvalidRequestError with the allowed range."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection

from core.errors import InvalidRequestError


def integer(field: str, value: object, low: int, high: int) -> int:
    """Accept a whole number in ``low..high``; a float only if it is whole (JSON has one kind of number)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidRequestError(field, value, f"a whole number from {low} to {high}")
    return value


def number(field: str, value: object, low: float, high: float, *, open_ends: bool = False) -> float:
    """Accept a finite number in ``low..high``, without the ends themselves if ``open_ends``."""
    allowed = f"a number {'between' if open_ends else 'from'} {low:g} {'and' if open_ends else 'to'} {high:g}"
    if open_ends:
        allowed += ", ends excluded"
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InvalidRequestError(field, value, allowed)
    inside = low < value < high if open_ends else low <= value <= high
    if not inside:
        raise InvalidRequestError(field, value, allowed)
    return float(value)


def text(field: str, value: object, high: int, *, low: int = 0) -> str:
    """Accept text of ``low..high`` characters without control characters and lone surrogates; ends are stripped.

    Line breaks and tabs count as spaces in between. Emoji and right-to-left text are text like any other.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(field, value, "text")
    value = value.strip()
    if len(value) < low:
        raise InvalidRequestError(
            field, value, f"{low} to {high} characters; it is empty" if not value else f"at least {low} characters"
        )
    if len(value) > high:
        raise InvalidRequestError(field, f"{value[:20]}... ({len(value)} characters)", f"at most {high} characters")
    for sign in value:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t":
            raise InvalidRequestError(field, sign, "text without control characters and broken characters")
    return value


def choice(field: str, value: object, allowed: Collection[str]) -> str:
    """Accept one of the listed words."""
    if not isinstance(value, str) or value not in allowed:
        raise InvalidRequestError(field, value, f"one of {', '.join(sorted(allowed))}")
    return value


def flag(field: str, value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise InvalidRequestError(field, value, "true or false")
    return value
