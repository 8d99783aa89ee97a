"""Bounds of single fields. Each function returns the value, or raises InvalidRequestError with the allowed range."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection

from core.errors import InvalidRequestError

# Letters, signs and reserved places that are drawn as nothing: fillers of Hangul and Khmer, the empty Braille pattern,
# the empty note. Source: Unicode, "Default_Ignorable_Code_Point" and "White_Space" beyond marks and formats.
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\U0001d159") | frozenset(
    map(chr, range(0xFFF0, 0xFFF9))
)


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

    Line breaks and tabs count as spaces in between. Emoji and right-to-left text are text like any other. Text in which
    nothing can be seen, such as joiners and marks without a letter, is no text: it counts as empty.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(field, value, "text")
    value = value.strip()
    if len(value) > high:
        raise InvalidRequestError(field, f"{value[:20]}... ({len(value)} characters)", f"at most {high} characters")
    for sign in value:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t":
            raise InvalidRequestError(field, sign, "text without control characters and broken characters")
    shown = value if any(_seen(sign) for sign in value) else ""
    if not shown and low:
        why = "nothing in it can be seen" if value else "it is empty"
        raise InvalidRequestError(field, value, f"{low} to {high} characters; {why}")
    if len(shown) < low:
        raise InvalidRequestError(field, value, f"at least {low} characters")
    return shown


def _seen(sign: str) -> bool:
    """Tell whether a character can be seen by itself. What Unicode has not named yet may be tomorrow's emoji."""
    if unicodedata.category(sign)[0] in "MZ" or unicodedata.category(sign) in {"Cc", "Cf", "Cs"}:
        return False
    code = ord(sign)
    return (
        sign not in _UNSEEN
        and not 0xE0000 <= code <= 0xE0FFF
        and not 0xFDD0 <= code <= 0xFDEF
        and code & 0xFFFE < 0xFFFE
    )


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
