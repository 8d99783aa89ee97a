"""The words a model was trained on, where they are few enough to be listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.vocabulary.english import compared, plural, spelt


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What a model knows; with ``things`` it is closed: whatever else a prompt names is unknown to it.

    Attributes:
        things: what it draws, or recognises.
        other_words: another word -> the thing it stands for.
        styles: the styles it was taught, as prompts name them.
        grounds: the colours of its backgrounds.
        words: kind of word -> the other words of its captions: ``colours`` beyond the grounds, places, articles.
        uncounted: things that stand without an article.
        plurals: whether it was taught the plurals of things.
        kinds: wide kind -> narrow kind -> things among their like, neighbours side by side. Most are no ``things``:
            they say which thing is nearest to a word that is unknown.
        more: further lists for people, such as example questions.
    """

    things: tuple[str, ...] = ()
    other_words: Mapping[str, str] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    plurals: bool = False
    kinds: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether it knows these words and no other."""
        return bool(self.things)

    def listed(self) -> dict[str, Any]:
        """Return what people and programs read, as plain JSON, without what is empty and without ``kinds``."""
        lists = {
            "things": self.things,
            "other_words": self.other_words,
            "styles": self.styles,
            "grounds": self.grounds,
            "words": self.words,
            **self.more,
        }
        return {name: _plain(words) for name, words in lists.items() if words}

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours it was taught."""
        return (*self.grounds, *self.words.get("colours", ()))

    @cached_property
    def named(self) -> Mapping[str, str]:
        """Names of things as ``compared``, other words among them, and their plurals if it knows those -> the thing."""
        names = {**{thing: thing for thing in self.things}, **self.other_words}
        forms = {many: thing for name, thing in names.items() for many in plural(name)} if self.plurals else {}
        return {compared(name): thing for name, thing in {**forms, **names}.items()}

    @cached_property
    def meant(self) -> Mapping[str, str]:
        """Names and colours it was taught as ``spelt``, in whatever number -> the word that it knows for them.

        A model of few words is not helped by letters: to one that was taught "dog" and "snowman", "dogs" and "snow man"
        mean nothing.
        """
        names = {**{thing: thing for thing in self.things}, **self.other_words, **{word: word for word in self.colours}}
        forms = {many: known for name, known in names.items() for many in plural(name)}
        return {spelt(name): known for name, known in {**forms, **names}.items()}

    @cached_property
    def read(self) -> frozenset[str]:
        """Every other word it learnt to read, as ``compared``."""
        texts = [*self.styles, *self.grounds, *(text for texts in self.words.values() for text in texts)]
        return frozenset(compared(word) for text in texts for word in text.split())

    @cached_property
    def places(self) -> Mapping[str, tuple[str, str, int]]:
        """Names of ``kinds`` as ``compared`` -> wide kind, narrow kind, place in the list of the narrow kind."""
        return {
            compared(name): (wide, narrow, place)
            for wide, inside in self.kinds.items()
            for narrow, names in inside.items()
            for place, name in enumerate(names)
        }


def _plain(words: Any) -> Any:
    if isinstance(words, Mapping):
        return {name: _plain(inside) for name, inside in words.items()}
    return words if isinstance(words, str) else list(words)
