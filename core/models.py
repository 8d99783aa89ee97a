"""What people are told about a model, before and while it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.actions import Action
from core.requests import AS_MADE, Request
from core.vocabulary.vocabulary import Vocabulary


class ModelState(StrEnum):
    """Whether a model answers now."""

    COLD = "cold"
    LOADING = "loading"
    READY = "ready"
    REMOTE = "remote"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A row of models.yaml with its present state.

    Attributes:
        id: name in requests.
        title: name for people.
        action: what it serves first. serves: all it serves; an answer model describes as well.
        engine: the file in pipelines/ that runs it.
        lane: the queue its runs wait in.
        licence: of the weights or the service.
        state: see ModelState.
        missing: one sentence naming the package, key, weight or device it lacks; empty if it can run.
        bundled: it ships with the program, and draws or knows only its own small vocabulary.
        note: one sentence for the page, e.g. how to get the real model.
        sends_to: who gets what is asked or spoken, as people call it; empty if it stays on this machine.
        sizes: aspect ratio -> (width, height) in pixels; empty for models that make no pictures.
        steps: its default number of steps, 0 if it has none.
        guidance: its default guidance.
        upscale: how it finishes pictures unasked, ``none`` or one of core.requests.FACTORS.
        can: abilities beyond the plain request, such as ``refiner``; a field of a request names the one it needs.
        styles: ids of the prompt styles it knows, without ``none``. schedulers: those it knows, without ``default``.
        languages: those a voice speaks; empty if it takes any.
        vocabulary: the words a bundled model knows; empty for any other.
    """

    id: str
    title: str
    action: Action
    engine: str
    lane: str
    licence: str
    state: ModelState
    serves: tuple[Action, ...] = ()
    missing: str = ""
    bundled: bool = False
    note: str = ""
    sends_to: str = ""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    steps: int = 0
    guidance: float = 0.0
    upscale: str = AS_MADE
    can: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A request as its model will get it.

    Attributes:
        card: the model that serves it.
        request: with the model's own numbers filled in.
        ignored: parameters that have no effect with this model -> why.
        unknown_words: words of the prompt that name something this model was never taught.
    """

    card: ModelCard
    request: Request
    ignored: Mapping[str, str] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the run before it starts: of the two above, those that are not empty."""
        told = {"ignored": dict(self.ignored), "unknown_words": list(self.unknown_words)}
        return {name: value for name, value in told.items() if value}
