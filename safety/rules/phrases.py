"""Finds any of many phrases in a text, in one walk over its words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from safety.text.normalise import Traced

# A word, with the marks that belong to it in Hebrew, Arabic and Hindi; the apostrophe of "don't" splits it, always.
_WORD = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957])*"
)
# At most this many signs may lie between two words of one phrase ("shot - dead"), so that no sentence is bridged.
_WIDEST_GAP = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text.

    Attributes:
        tag: what the phrase was filed under.
        span: in the original text, in characters.
        word: number of its first word.
    """

    tag: str
    span: tuple[int, int]
    word: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    tag: str
    tight: bool


class Phrases:
    """An index of phrases for texts that went through one way of reading (``fold`` or ``normalise``)."""

    def __init__(self, read: Callable[[str], Traced], *, stretched: bool) -> None:
        """Make an empty index.

        Args:
            read: how texts are read; phrases go through it as well.
            stretched: let a doubled letter stand for a single one ("nuude"), and look inside joined letters.
        """
        self.read = read
        self._stretched = stretched
        self._by_first: dict[str, list[_Phrase]] = {}
        self._anywhere: list[tuple[str, str]] = []
        self._long: list[tuple[str, str]] = []
        self._hashed: dict[str, str] = {}

    def add(self, phrase: str, tag: str, *, anywhere: bool = False, tight: bool = False) -> None:
        """File ``phrase``.

        Args:
            phrase: its words.
            tag: comes back with what is found.
            anywhere: its language writes no spaces.
            tight: a space or a hyphen between its words and nothing else ("nude, tones" is not "nude tones").

        Raises:
            ValueError: it has no words.
        """
        text = self.read(phrase).text
        words = tuple(match.group() for match in _WORD.finditer(text))
        if not words:
            raise ValueError(f"the phrase {phrase!r} has no words")
        if anywhere:
            self._anywhere.append((text, tag))
            return
        self._by_first.setdefault(self._key(words[0]), []).append(_Phrase(words, tag, tight))
        if len(words) == 1 and len(words[0]) >= 4 and words[0].isascii():
            self._long.append((words[0], tag))

    def add_hash(self, digest: str, tag: str) -> None:
        """File a word by the first 16 hex digits of its SHA-256."""
        self._hashed[digest] = tag

    def find(self, traced: Traced) -> Iterator[Found]:
        """Yield every phrase of the index in ``traced``, which must have been read the same way."""
        words = list(_WORD.finditer(traced.text))
        for number, word in enumerate(words):
            for phrase in self._by_first.get(self._key(word.group()), ()):
                last = self._end(phrase, words, number)
                if last is not None:
                    yield Found(phrase.tag, traced.source(word.start(), last), number)
            tag = self._hashed.get(hashlib.sha256(word.group().encode()).hexdigest()[:16])
            if tag is not None:
                yield Found(tag, traced.source(*word.span()), number)
        yield from self._inside(traced)

    def _end(self, phrase: _Phrase, words: list[re.Match[str]], number: int) -> int | None:
        there = words[number : number + len(phrase.words)]
        if len(there) < len(phrase.words):
            return None
        for before, after in pairwise(there):
            gap = before.string[before.end() : after.start()]
            if len(gap) > _WIDEST_GAP or (phrase.tight and gap not in {" ", "-"}):
                return None
        same = all(self._same(wanted, match.group()) for wanted, match in zip(phrase.words, there, strict=True))
        return there[-1].end() if same else None

    def _inside(self, traced: Traced) -> Iterator[Found]:
        for text, tag in self._anywhere:
            for match in re.finditer(re.escape(text), traced.text):
                yield Found(tag, traced.source(*match.span()), 0)
        if self._stretched and any(traced.joined):
            for run in _runs(traced.joined):
                letters = traced.text[slice(*run)]
                for text, tag in self._long:
                    start = letters.find(text)
                    if start >= 0:
                        yield Found(tag, traced.source(run[0] + start, run[0] + start + len(text)), 0)

    def _key(self, word: str) -> str:
        return "".join(sign for sign, _ in groupby(word)) if self._stretched else word

    def _same(self, wanted: str, there: str) -> bool:
        if wanted == there:
            return True
        if not self._stretched or wanted.isdigit() or self._key(wanted) != self._key(there):
            return False
        lengths = zip(groupby(wanted), groupby(there), strict=True)
        return all(len(list(one)) <= len(list(other)) for (_, one), (_, other) in lengths)


def _runs(flags: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for value, group in groupby(flags):
        end = start + len(list(group))
        if value:
            yield start, end
        start = end
