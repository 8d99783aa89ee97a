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


def integer(field: str, value: object, low: int, high: int, *, meant: str = "") -> int:
    """Accept a whole number in ``low..high``; a float only if it is whole (JSON has one kind of number).

    ``meant`` says the range for people, where the plain one misleads.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        allowed = f"a whole number from {low} to {high}"
        wanted = f"a whole number, {meant}" if meant else allowed
        raise InvalidRequestError(field, value, allowed, advice=_advice(value, low, high, wanted))
    return value


def number(field: str, value: object, low: float, high: float, *, open_ends: bool = False) -> float:
    """Accept a finite number in ``low..high``, without the ends themselves if ``open_ends``."""
    allowed = f"a number {'between' if open_ends else 'from'} {low:g} {'and' if open_ends else 'to'} {high:g}"
    if open_ends:
        allowed += ", ends excluded"
    advice = _advice(value, low, high, allowed)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InvalidRequestError(field, value, allowed, advice=advice)
    inside = low < value < high if open_ends else low <= value <= high
    if not inside:
        raise InvalidRequestError(field, value, allowed, advice=advice)
    return float(value)


def _advice(value: object, low: float, high: float, wanted: str) -> str:
    """Return what people are told about a number that does not fit."""
    if value is None:
        return f"Write {wanted}."
    if not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value):
        return f"This is no number. Write {wanted}."
    if value >= high or value <= low:
        return f"This is too {'high' if value >= high else 'low'}. Use {wanted}."
    return f"This is no whole number. Use {wanted}."


def text(field: str, value: object, high: int, *, low: int = 0, empty: str = "") -> str:
    """Accept text of ``low..high`` characters without control characters and lone surrogates; ends are stripped.

    Line breaks and tabs count as spaces in between. Emoji and right-to-left text are text like any other. Text in which
    nothing can be seen, such as joiners and marks without a letter, is no text: it counts as empty. ``empty`` is what
    people are asked for then.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(field, value, "text")
    value = value.strip()
    if len(value) > high:
        advice = f"Use at most {high} characters. These are {len(value)}."
        raise InvalidRequestError(
            field, f"{value[:20]}... ({len(value)} characters)", f"at most {high} characters", advice=advice
        )
    for sign in value:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t":
            advice = "There is a character in it that cannot be shown. Write it anew, or paste it as plain text."
            allowed = "text without control characters and broken characters"
            raise InvalidRequestError(field, sign, allowed, advice=advice)
    shown = value if any(_seen(sign) for sign in value) else ""
    if not shown and low:
        why = "nothing in it can be seen" if value else "it is empty"
        allowed = f"{low} to {high} characters; {why}"
        raise InvalidRequestError(field, value, allowed, advice=empty or "Write something here.")
    if len(shown) < low:
        allowed = f"at least {low} characters"
        raise InvalidRequestError(field, value, allowed, advice=f"Write {allowed}.")
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
        words = f"one of {', '.join(sorted(allowed))}"
        raise InvalidRequestError(field, value, words, advice=f"Choose {words}.")
    return value


def flag(field: str, value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise InvalidRequestError(field, value, "true or false")
    return value
