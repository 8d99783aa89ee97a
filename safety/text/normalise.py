"""Undoes disguises of words, and remembers where every letter came from.

``fold`` only evens out spelling (case, accents, width, invisible signs). ``normalise`` also undoes look-alike letters,
digits for letters, spaced letters and stretched letters. Rules look at both, since each can hide what the other shows.
Both are idempotent, need time linear in the length, and accept any text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from safety.text.confusables import CONFUSABLES, LEET

# Print nothing and yet are letters or marks to Unicode: Hangul fillers, the grapheme joiner. Braille blank is a space.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u034f")
_BLANK = "\u2800"
# Accents that may be dropped in any script. Other marks are vowels (Hindi, Thai) or voicing (Japanese), and stay
# unless they hang on an ASCII letter, where they can only be decoration.
_ACCENT = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]"
)

_WORD = re.compile(r"(?:[^\W_]|[@$!|])+")
# Indic scripts are left out: their vowel signs are no letters to a regular expression, and would count as separators.
_LETTER = r"[^\W_\u0900-\u1cff]"
_BREAK = r"(?:[^\w\u0900-\u1cff]|_)"
_SPACED = re.compile(rf"(?<![^\W_]){_LETTER}({_BREAK}{{1,3}})(?:{_LETTER}\1)+{_LETTER}(?![^\W_])")
_INNER_STOP = re.compile(r"(?<=[^\W_])[.*·’'`](?=[^\W_])")
_STRETCHED = re.compile(r"(\D)\1{2,}")

# Undoing one disguise can uncover another. Real text settles in two or three rounds, and every round simplifies.
_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Traced:
    """Text with the place each of its characters came from.

    Attributes:
        text: the result.
        places: for each character, the index of the one original character behind it.
        joined: for each character, whether it was one of several spaced letters; such words have lost their borders.
    """

    text: str
    places: tuple[int, ...]
    joined: tuple[bool, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text behind ``text[start:end]``, which is not empty."""
        return self.places[start], self.places[end - 1] + 1

    def without(self, spans: Iterable[tuple[int, int]]) -> Traced:
        """Return this with some characters dropped."""
        dropped = {index for start, end in spans for index in range(start, end)}
        if not dropped:
            return self
        kept = [index for index in range(len(self.text)) if index not in dropped]
        return Traced(
            "".join(self.text[index] for index in kept),
            tuple(self.places[index] for index in kept),
            tuple(self.joined[index] for index in kept),
        )


def fold(original: str) -> Traced:
    """Return ``original`` in lower case, compatibility letters made plain, accents and invisible signs dropped."""
    pairs = [(plain, place) for place, sign in enumerate(original) for plain in _plain(sign)]
    traced = Traced("".join(plain for plain, _ in pairs), tuple(place for _, place in pairs), (False,) * len(pairs))
    return _bare(traced)


def normalise(original: str) -> Traced:
    """Return ``original`` with the known disguises undone."""
    traced = fold(original)
    for _ in range(_MOST_ROUNDS):
        before = traced.text
        traced = _bare(Traced(_WORD.sub(_plain_letters, traced.text), traced.places, traced.joined))
        traced = _join(traced)
        traced = traced.without(match.span() for match in _INNER_STOP.finditer(traced.text))
        traced = traced.without((match.start() + 2, match.end()) for match in _STRETCHED.finditer(traced.text))
        if traced.text == before:
            break
    return traced


@lru_cache(maxsize=16_384)
def _plain(sign: str) -> str:
    """Return what one character folds to: none, one or several."""
    before, now = "", sign
    while now != before:
        before, now = now, "".join(map(_step, now))
    return now


def _step(sign: str) -> str:
    if "\x20" <= sign <= "\x7e":
        return sign.lower()
    if sign in "\t\n\r" or sign == _BLANK or unicodedata.category(sign).startswith("Z"):
        return " "
    if sign in _INVISIBLE or unicodedata.category(sign) in {"Cc", "Cf", "Cs"} or _ACCENT.match(sign):
        return ""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())


def _bare(traced: Traced) -> Traced:
    """Return ``traced`` without the marks that hang on ASCII letters."""
    if traced.text.isascii():
        return traced
    marks: list[tuple[int, int]] = []
    on_ascii = False
    for index, sign in enumerate(traced.text):
        if on_ascii and unicodedata.category(sign) in {"Mn", "Me"}:
            marks.append((index, index + 1))
        else:
            on_ascii = sign.isascii() and sign.isalnum()
    return traced.without(marks)


def _plain_letters(word: re.Match[str]) -> str:
    """Return the word, of the same length, with look-alikes as ASCII and digits as letters where letters are around."""
    text = word.group()
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return text
    if any("a" <= sign <= "z" for sign in letters) or all(sign in CONFUSABLES for sign in letters):
        text = "".join(CONFUSABLES.get(sign, sign) for sign in text)
    if not any("a" <= sign <= "z" for sign in text):
        return text
    return "".join(_letter(text, index) for index in range(len(text)))


def _letter(text: str, index: int) -> str:
    sign = text[index]
    if sign not in LEET:
        return sign
    # "nude!" keeps its sign, "n!ke" and "a$$" do not.
    inside = sign != "!" or (text[index - 1 : index].isalnum() and text[index + 1 : index + 2].isalnum())
    return LEET[sign] if inside else sign


def _join(traced: Traced) -> Traced:
    """Return ``traced`` with ``n u d e`` and ``n.u.d.e`` as one word each, marked as joined."""
    joined = list(traced.joined)
    breaks: list[tuple[int, int]] = []
    for match in _SPACED.finditer(traced.text):
        step = len(match.group(1)) + 1
        joined[match.start() : match.end()] = [True] * (match.end() - match.start())
        breaks += [(start, start + step - 1) for start in range(match.start() + 1, match.end(), step)]
    return Traced(traced.text, traced.places, tuple(joined)).without(breaks)
