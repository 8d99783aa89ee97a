"""The first rule: words and phrases per category, on the text as written and with its disguises undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.findings import Content
from safety.rule import Hit, Rule
from safety.rules.lexicon_file import SCORES, UNSPACED, LexiconFile, Pair, expand, load
from safety.rules.phrases import Found, Phrases
from safety.text.normalise import fold, normalise

_PROTECTED = "protected:"
_GROUP = "group:"
# A category or the like, and where it was found.
_Key = tuple[str, tuple[int, int]]
# In the negative prompt words ask for absence; there "child" beside "nude" is care, not an order.
_LEFT_OUT = "negative_prompt"


class Lexicon(Rule):
    """Finds listed words. Explains every hit with the person's own characters."""

    for_pictures = False

    def __init__(self, file: LexiconFile | None = None) -> None:
        """Index the words. Raises ValueError if the file cannot be used."""
        self._file = file or load()
        self.name = f"lexicon@{self._file.version}"
        self._written = Phrases(fold, stretched=False)
        self._undisguised = Phrases(normalise, stretched=True)
        self._fill()
        known = {*self._file.categories, *self._file.groups}
        for pair in self._file.pairs:
            if not {pair.first, pair.second} <= known:
                raise ValueError(f"lexicon.yaml: {pair.first} and {pair.second} must be groups or categories")

    def _fill(self) -> None:
        for tag, language, phrase in self._entries():
            anywhere = language in UNSPACED
            if tag == _PROTECTED:
                # Only what is written openly can be harmless: a disguise is no slip.
                self._written.add(phrase, tag, anywhere=anywhere, tight=True)
            else:
                self._written.add(phrase, tag, anywhere=anywhere)
                self._undisguised.add(phrase, tag, anywhere=anywhere)
        for category, digests in self._file.hashed.items():
            for digest in digests:
                self._written.add_hash(digest, _tag(category, "grave"))
                self._undisguised.add_hash(digest, _tag(category, "grave"))

    def self_test(self) -> None:
        """Raise RuntimeError unless every canary is found, and every harmless phrase passes."""
        canaries = self._file.canaries
        for category in self._file.categories:
            text = canaries.found.get(category)
            if text is None or not any(hit.category == category for hit in self._hits("prompt", text)):
                raise RuntimeError(f"the lexicon does not find its own example of {category}")
        for text in canaries.passed:
            if self._hits("prompt", text):
                raise RuntimeError(f"the lexicon finds something in the harmless text {text!r}")

    def inspect(self, content: Content) -> Sequence[Hit]:
        """Return one hit per category and place, in the order of the texts."""
        return [hit for field, text in content.texts for hit in self._hits(field, text)]

    def _hits(self, field: str, text: str) -> list[Hit]:
        best: dict[_Key, float] = {}
        written = list(self._written.find(self._written.read(text)))
        shields = [found.span for found in written if found.tag.startswith(_PROTECTED)]
        for all_found in (written, list(self._undisguised.find(self._undisguised.read(text)))):
            bare = [found for found in all_found if not any(_inside(found.span, shield) for shield in shields)]
            for category, span, score in self._named(bare, pairs=field != _LEFT_OUT):
                best[category, span] = max(score, best.get((category, span), 0.0))
        kept = [(key, score) for key, score in best.items() if not _covered(key, score, best)]
        return [
            Hit(category=category, score=score, evidence=text[slice(*span)], field=field, span=span)
            for (category, span), score in sorted(kept, key=lambda one: (-one[1], one[0][1]))
        ]

    def _named(self, found: list[Found], *, pairs: bool) -> Iterator[tuple[str, tuple[int, int], float]]:
        for one in found:
            if not one.tag.startswith((_PROTECTED, _GROUP)):
                category, severity = one.tag.rsplit(":", 1)
                yield category, one.span, SCORES[severity]
        for pair in self._file.pairs if pairs else ():
            span = _nearest(pair, found)
            if span is not None:
                yield pair.category, span, SCORES[pair.severity]

    def _entries(self) -> Iterator[tuple[str, str, str]]:
        """Yield (tag, language, phrase) for every phrase of the file."""
        for category, severities in self._file.categories.items():
            for severity, languages in severities.items():
                for language, phrases in languages.items():
                    yield from ((_tag(category, severity), language, phrase) for phrase in phrases)
        for group, phrases in self._file.groups.items():
            yield from ((_GROUP + group, "", one) for phrase in phrases for one in expand(phrase))
        for phrase in self._file.protected:
            yield _PROTECTED, "" if fold(phrase).text.isascii() else "zh", phrase


def _tag(category: str, severity: str) -> str:
    return f"{category}:{severity}"


def _inside(span: tuple[int, int], shield: tuple[int, int]) -> bool:
    return shield[0] <= span[0] and span[1] <= shield[1]


def _covered(key: _Key, score: float, all_hits: dict[_Key, float]) -> bool:
    """Tell whether a longer hit of the same category says at least as much about this place."""
    category, span = key
    return any(
        other == category and place != span and _inside(span, place) and worth >= score
        for (other, place), worth in all_hits.items()
    )


def _nearest(pair: Pair, found: list[Found]) -> tuple[int, int] | None:
    """Return the span over the two words of ``pair`` that stand nearest, if they are near enough."""
    firsts = [one for one in found if _is(one, pair.first)]
    seconds = [one for one in found if _is(one, pair.second)]
    near = [
        (abs(one.word - two.word), (min(one.span[0], two.span[0]), max(one.span[1], two.span[1])))
        for one in firsts
        for two in seconds
        if 0 < abs(one.word - two.word) <= pair.within
    ]
    return min(near)[1] if near else None


def _is(found: Found, name: str) -> bool:
    return found.tag == _GROUP + name or found.tag.rsplit(":", 1)[0] == name
