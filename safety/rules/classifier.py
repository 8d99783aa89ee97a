"""The interface for models that classify pictures: what they offer, and why none is trusted before its self-test."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from core.findings import Content
from core.media import Picture
from safety.rule import Hit, Rule
from safety.rules.picture import pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Something a classifier knows.

    Attributes:
        category: a category of policy.yaml.
        block: score from which it blocks, 0..1; above 1 it never does.
        review: score from which it is kept for review, 0..1.
    """

    category: str
    block: float
    review: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A picture whose verdict is known: the concept it shows, or None for a harmless one."""

    picture: Picture
    concept: str | None


class PictureClassifier(Protocol):
    """A loaded model. It scores; it blackens nothing and decides nothing.

    Attributes:
        name: name and version, e.g. ``emoji-checker@1``.
        concepts: name for people -> concept.
        canaries: at least one picture of every concept, and one harmless picture.
    """

    name: str
    concepts: Mapping[str, Concept]
    canaries: Sequence[Canary]

    def scores(self, image: Image.Image) -> Mapping[str, float]:
        """Return a score 0..1 for every concept of an RGB picture."""
        ...


class ClassifierRule(Rule):
    """Asks a classifier about every picture.

    A checker without its weights answers, and passes everything: a cosine cannot exceed the threshold 1 it was
    constructed with. So nothing is believed before the model found every concept in its canary.
    """

    for_pictures = True

    def __init__(self, name: str, load: Callable[[], PictureClassifier]) -> None:
        """Make the rule; the model is loaded by the first self-test.

        Args:
            name: name and version.
            load: returns the model, or raises; heavy libraries are its own business.
        """
        self.name = name
        self._load = load
        self._loaded: PictureClassifier | None = None

    def self_test(self) -> None:
        """Raise unless the model finds every concept in its canary and nothing in the harmless pictures."""
        model = self._loaded or self._load()
        shown = {canary.concept for canary in model.canaries}
        if not model.concepts or shown != {*model.concepts, None}:
            raise RuntimeError(f"{self.name} needs one example of every concept and one harmless picture")
        for canary in model.canaries:
            found = {
                concept
                for concept, score in self._scores(model, canary.picture).items()
                if score >= min(model.concepts[concept].block, model.concepts[concept].review)
            }
            if (canary.concept is None and found) or (canary.concept is not None and canary.concept not in found):
                raise RuntimeError(f"{self.name} saw {sorted(found)} in its example of {canary.concept}")
        self._loaded = model

    def inspect(self, content: Content) -> Sequence[Hit]:
        """Return a hit per picture and concept that reaches a threshold."""
        if not content.pictures:
            return []
        if self._loaded is None:
            raise RuntimeError(f"{self.name} did not pass its self-test")
        model = self._loaded
        return [
            Hit(
                category=known.category,
                score=score,
                evidence=concept,
                field="picture",
                block=known.block,
                review=known.review,
            )
            for picture in content.pictures
            for concept, score in self._scores(model, picture).items()
            if (known := model.concepts[concept]) and score >= min(known.block, known.review)
        ]

    def _scores(self, model: PictureClassifier, picture: Picture) -> dict[str, float]:
        scores = dict(model.scores(pixels(picture)))
        if scores.keys() != model.concepts.keys():
            raise RuntimeError(f"{self.name} did not score every concept")
        if not all(math.isfinite(score) and 0 <= score <= 1 for score in scores.values()):
            raise RuntimeError(f"{self.name} gave a score that is no number from 0 to 1")
        return scores
