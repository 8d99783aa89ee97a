"""A prompt cut into words as people write them, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# The text with each character replaced by its class has the length of the text, so that places stay what they are.
_WORD = re.compile(r"w(?:m*w)*(?:['-]+w(?:m*w)*)*|e(?:m+e?)*|,")
_JOINERS = frozenset({"\ufe0f", "\u200d", *map(chr, range(0x1F3FB, 0x1F400))})
_APOSTROPHES = frozenset("'’ʼ‘")
_HYPHENS = frozenset("-‐‑")
_TIE = re.compile(f"[{re.escape(''.join(_HYPHENS))}]")
_FIRST_EMOJI = 0x2600


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a mark at which a clause ends.

    Attributes:
        text: in lower case, without a possessive ending; empty for a mark.
        whole: the same with it, for words that only look like a possessive: "it's".
        start: where it begins in the prompt, in characters.
        end: where it ends, the possessive ending left out.
        joined: a hyphen ties it to the word before.
    """

    text: str
    whole: str
    start: int
    end: int
    joined: bool = False


def tokens(prompt: str) -> tuple[Token, ...]:
    """Return the words and marks of a prompt; what is tied by hyphens comes in its parts."""
    classes = "".join(map(_class, prompt))
    return tuple(token for found in _WORD.finditer(classes) for token in _parts(prompt, *found.span()))


def _parts(prompt: str, start: int, end: int) -> Iterator[Token]:
    if _class(prompt[start]) == ",":
        yield Token("", "", start, end)
        return
    at = start
    for number, part in enumerate(_TIE.split(prompt[start:end])):
        whole = "".join("'" if sign in _APOSTROPHES else sign for sign in part if _seen(sign)).casefold()
        owned = whole.endswith("'s") and len(whole) > len("'s")
        text = whole.removesuffix("'s") if owned else whole
        if text:
            yield Token(text, whole, at, at + len(part) - (2 if owned else 0), joined=number > 0)
        at += len(part) + 1


def _class(sign: str) -> str:
    if sign in _JOINERS:
        return "m"
    if sign in _APOSTROPHES:
        return "'"
    if sign in _HYPHENS:
        return "-"
    category = unicodedata.category(sign)
    if category == "So" and ord(sign) >= _FIRST_EMOJI:
        return "e"
    classes = {"L": "w", "N": "w", "M": "w", "P": ","}
    if category == "Cf":
        return "m"
    return "," if sign in "\n\r" else classes.get(category[0], " ")


def _seen(sign: str) -> bool:
    return sign == "\u200d" or unicodedata.category(sign) != "Cf"
