"""Written text as it is said aloud."""

from __future__ import annotations

import re
import unicodedata

from core.errors import InvalidRequestError

# The signs RFC 3986 allows, and letters with which people write addresses in scripts that have spaces. Quotation marks,
# asterisks and backslashes belong to the text around it, and so does a comma that is followed by a letter. Whatever
# else follows without a space, such as Chinese, is text again.
_PLAIN = r"[A-Za-z0-9\-._~:/?#@$&+=%]"
_PAUSE = r"[,;!](?![^\W\d_])"
_LETTER = r"(?![\u060c\u061b\u061f\u06d4\u0964\u0965])[\u00c0-\u024f\u0370-\u052f\u0590-\u06ff\u0900-\u0dff]"
_SIGN = rf"(?:{_PLAIN}|{_PAUSE}|{_LETTER})"
_BRACKETS = rf"\({_SIGN}*\)|\[{_SIGN}*\]"
_ADDRESS = re.compile(rf"(?<![A-Za-z0-9])(?:https?://|www\.)(?:{_SIGN}|{_BRACKETS})+", re.IGNORECASE)
_ENDING = re.compile(r"[.,;:!?]+$")
# Between digits an asterisk multiplies and a tilde means "to".
_MARKS = re.compile(r"[`|]+|(?<!\d)(?<!\d )[*~]+|[*~]+(?! ?\d)|^\s*#+\s", re.MULTILINE)
# Emoji and other pictures, arrows, boxes, ornaments: a voice would read out their names.
_PICTURES = re.compile(
    "[\u2190-\u2bff\u2e80-\u2fff\u4dc0-\u4dff\ufff0-\uffff\U0001d000-\U0001d3ff\U0001f000-\U0001faff]"
)
_NUMBER_SIGN = "No. "


def spoken(text: str) -> str:
    """Return what a voice should say: no emoji names, no formatting marks, addresses as the word "link".

    Raises:
        InvalidRequestError: nothing is left that can be said.
    """
    said = _without_pictures(_MARKS.sub(" ", _ADDRESS.sub(_link, text))).replace("_", " ")
    said = " ".join(said.split())
    if not any(sign.isalnum() for sign in said):
        raise InvalidRequestError("text", text, "text with at least one letter or digit that can be spoken")
    return said


def _link(match: re.Match[str]) -> str:
    # The full stop after an address ends the sentence, and is no part of the address.
    ending = _ENDING.search(match[0])
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    said = f"link{ending[0] if ending else ''}"
    return f"{_gap(before)}{said}{'' if ending else _gap(after)}"


def _gap(beside: str) -> str:
    return " " if beside and unicodedata.category(beside)[0] in "LMN" else ""


def _without_pictures(text: str) -> str:
    """Drop pictures with the joiners and colours that follow them; signs that stand for words become these words."""
    kept = []
    dropped = False
    for sign in text:
        category = unicodedata.category(sign)
        follows = dropped and category in {"Cf", "Mn", "Me", "Sk"}
        said = "" if follows or sign in "\ufe0f\u20e3" else _said(sign, category)
        dropped = not said
        kept.append(said)
    return "".join(kept)


def _said(sign: str, category: str) -> str:
    if category not in {"So", "Co", "Cn"}:
        return sign
    if sign == "№":
        return _NUMBER_SIGN
    words = unicodedata.normalize("NFKC", sign)
    if words != sign and any(each.isalnum() for each in words):
        # ℃ is °C, ㎏ is kg, ™ is TM, Ⓐ is A.
        return words
    return "" if category in {"Co", "Cn"} or _PICTURES.match(sign) else sign
