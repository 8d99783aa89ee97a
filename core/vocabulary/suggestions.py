"""Words a model knows in place of one it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from core.vocabulary.english import NUMBERS, compared, plural, singular, spelt, with_article
from core.vocabulary.unknown import unknown
from core.vocabulary.vocabulary import Vocabulary

# A slip of the pen: so much of a word of at least so many letters is right, the first letter among it.
_LIKE = 0.8
_SHORTEST, _LONGEST = 5, 30
_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)
_AMOUNT = re.compile(rf"\b(\d+|{'|'.join(sorted(NUMBERS))}|some|several|many|(a )?few|both)(\s+)$", re.IGNORECASE)


def suggestions(vocabulary: Vocabulary, word: str, most: int = 3) -> tuple[str, ...]:
    """Return the known words nearest to an unknown one, nearest first; none if nothing is near.

    A name in a form it was not taught has the form that it was. A word of ``kinds`` has its like there. Any other may
    be a known word with a slip of the pen.
    """
    known = vocabulary.meant.get(spelt(word))
    if known:
        return (known,)[:most]
    for form in (word, *singular(word), *plural(word)):
        if compared(form) in vocabulary.places:
            return tuple(_alike(vocabulary, form))[:most]
    return tuple(_misspelt(vocabulary, spelt(word)))[:most]


def sample(vocabulary: Vocabulary, most: int = 3) -> tuple[str, ...]:
    """Return a few things at even distances through the vocabulary."""
    step = max(1, len(vocabulary.things) // max(1, most))
    return vocabulary.things[::step][:most]


def replaced(vocabulary: Vocabulary, prompt: str, word: str, known: str) -> str:
    """Return the prompt with a word the model knows wherever the unknown ``word`` stands, with its article.

    Where a model knows no plurals, one thing stands for several.
    """
    many = bool(singular(word)) and known not in vocabulary.uncounted
    name = plural(known)[0] if many and vocabulary.plurals else known
    done, at = "", 0
    for token in unknown(vocabulary, prompt):
        if token.text == word:
            before = done + prompt[at : token.start]
            if many and not vocabulary.plurals:
                before = _AMOUNT.sub(r"a\3", before)
            done, at = _with_article(vocabulary, before, name) + name, token.end
    return done + prompt[at:]


def _alike(vocabulary: Vocabulary, word: str) -> Iterator[str]:
    """Yield the things of the same narrow kind, nearest first; where there is none, those of the same wide kind."""
    wide, narrow, place = vocabulary.places[compared(word)]
    kinds = vocabulary.kinds[wide]
    names = kinds[narrow]
    if not set(names) & set(vocabulary.things):
        before = list(kinds)[: list(kinds).index(narrow)]
        place += sum(len(kinds[kind]) for kind in before)
        names = tuple(name for inside in kinds.values() for name in inside)
    known = [at for at, name in enumerate(names) if name in vocabulary.things]
    yield from (names[at] for at in sorted(known, key=lambda at: abs(at - place)))


def _misspelt(vocabulary: Vocabulary, word: str) -> Iterator[str]:
    if not _SHORTEST <= len(word) <= _LONGEST:
        return
    names = [name for name in vocabulary.meant if name[0] == word[0]]
    yield from dict.fromkeys(vocabulary.meant[name] for name in get_close_matches(word, names, cutoff=_LIKE))


def _with_article(vocabulary: Vocabulary, before: str, name: str) -> str:
    """Return the text before ``name`` with the article that fits it."""
    if name in vocabulary.uncounted:
        return _ARTICLE.sub("", before)
    return _ARTICLE.sub(lambda found: with_article(name, found[1]) + found[2], before)
