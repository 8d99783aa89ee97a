"""What an engine gives back: progress on the way, a product at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import BlockedError
from core.media import Picture, Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a running run is.

    Attributes:
        stage: ``loading``, ``base``, ``refiner``, ``decoding``, ``upscaling``, ``answering``, ``speaking`` or
            ``remote``.
        step: steps done over the whole run.
        steps: steps of the whole run; 0 if unknown.
        text: the answer so far; only sentences that passed the rules.
        preview: PNG bytes of a small preview, or None. Shown only to roles with ``see_previews``.
    """

    stage: str
    step: int = 0
    steps: int = 0
    text: str = ""
    preview: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePicture:
    """A picture fresh from an engine, with the seed that makes it again."""

    picture: Picture
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A picture that a remote service made and did not give.

    Attributes:
        refusal: the reason, with the findings behind it.
        seed: of the picture, or None where the engine gives none.
    """

    refusal: BlockedError
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number that a run measured: token confidence, a score, a vote.

    Attributes:
        name: what was measured, e.g. ``confidence``.
        value: the number.
        position: the picture it is about, 0.. in the order of the seeds; 0 where there is only one thing.
        unit: e.g. ``probability``.
        detail: what explains it, as plain JSON.
    """

    name: str
    value: float
    position: int = 0
    unit: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What an engine made.

    Attributes:
        pictures: what this attempt made, in the order of the seeds; ``Job.made`` may have taken the first of them.
        text: the whole answer.
        sound: spoken words.
        facts: what is needed to make it again and to explain it: resolved prompt, scheduler configuration, ignored
            parameters (``ignored``), timings, token probabilities (``confidence``), remote ids.
        measures: numbers about what was made.
    """

    pictures: tuple[MadePicture, ...] = ()
    text: str = ""
    sound: Sound | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
