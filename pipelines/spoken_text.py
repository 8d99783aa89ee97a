"""Written text as it is said aloud."""

from __future__ import annotations

import re
import unicodedata

from core.errors import InvalidRequestError

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKS = re.compile(r"[*`~|]+|^\s*#+\s", re.MULTILINE)


def spoken(text: str) -> str:
    """Return what a voice should say: no emoji names, no formatting marks, addresses as the word "link".

    Raises:
        InvalidRequestError: nothing is left that can be said.
    """
    said = _without_signs(_MARKS.sub(" ", _ADDRESS.sub(_link, text))).replace("_", " ")
    said = " ".join(said.split())
    if not any(sign.isalnum() for sign in said):
        raise InvalidRequestError("text", text, "text with at least one letter or digit that can be spoken")
    return said


def _link(match: re.Match[str]) -> str:
    # The full stop after an address ends the sentence, and is no part of the address.
    ending = match[0][-1]
    return f"link{ending}" if ending in ".,;:!?)" else "link"


def _without_signs(text: str) -> str:
    """Drop emoji and other symbols, with the joiners and colours that follow them; the degree sign can be said."""
    kept = []
    dropped = False
    for sign in text:
        category = unicodedata.category(sign)
        follows = dropped and category in {"Cf", "Mn", "Me", "Sk"}
        dropped = follows or (category in {"So", "Co", "Cn"} and sign != "°") or sign in "\ufe0f\u20e3"
        if not dropped:
            kept.append(sign)
    return "".join(kept)
