"""What can be asked: frozen values that check their own bounds when they are made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core import bounds
from core.actions import Action
from core.errors import InvalidRequestError
from core.findings import Content, Stage
from core.media import Picture

AUTO = "auto"
RANDOM_SEED = -1
MAX_SEED = 2**32 - 1
MAX_PROMPT = 2_000
MAX_COUNT = 8
MAX_STEPS = 150
MAX_TURNS = 20
MAX_SPOKEN = 1_000
MAX_TAG = 60
ASPECT_RATIOS = ("square", "portrait", "landscape")
SCHEDULERS = ("default", "euler", "euler_ancestral", "ddim", "dpmpp_2m", "heun", "unipc")
LENGTHS = ("short", "long")
# BCP 47: a language of two to eight letters, then subtags such as script, region, variant and private use.
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """Make pictures from words.

    Attributes:
        prompt: 1..2000 characters.
        negative_prompt: what to keep out, 0..2000 characters.
        style: id in styles.yaml, or ``none``.
        aspect_ratio: ``square``, ``portrait`` or ``landscape``; the model maps it to pixels.
        count: pictures, 1..8. Picture i has seed ``seed + i``.
        seed: 0..2^32-1, or -1 for a random one, which is resolved before the run is kept.
        steps: denoising steps over both experts, 1..150; None for the model's own default.
        guidance: classifier-free guidance scale, 0..30; None for the model's own default.
            Source: Imagen paper, equation 2 (``w``).
        handover: fraction of the noise schedule at which the refiner takes over, 0 < h < 1; None for the base alone.
            Source: SDXL paper, section 2.5; diffusers "ensemble of expert denoisers".
        scheduler: one of SCHEDULERS.
        model: id in models.yaml, or ``auto``.
    """

    action: ClassVar[Action] = Action.GENERATE

    prompt: str
    negative_prompt: str = ""
    style: str = "none"
    aspect_ratio: str = "square"
    count: int = 1
    seed: int = RANDOM_SEED
    steps: int | None = None
    guidance: float | None = None
    handover: float | None = 0.8
    scheduler: str = "default"
    model: str = AUTO

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "prompt", bounds.text("prompt", self.prompt, MAX_PROMPT, low=1))
        put(self, "negative_prompt", bounds.text("negative_prompt", self.negative_prompt, MAX_PROMPT))
        put(self, "style", bounds.text("style", self.style, 60, low=1))
        put(self, "aspect_ratio", bounds.choice("aspect_ratio", self.aspect_ratio, ASPECT_RATIOS))
        put(self, "count", bounds.integer("count", self.count, 1, MAX_COUNT))
        put(self, "seed", bounds.integer("seed", self.seed, RANDOM_SEED, MAX_SEED))
        if self.seed + self.count - 1 > MAX_SEED:
            raise InvalidRequestError(
                "seed", self.seed, f"at most {MAX_SEED - self.count + 1} for {self.count} pictures"
            )
        if self.steps is not None:
            put(self, "steps", bounds.integer("steps", self.steps, 1, MAX_STEPS))
        if self.guidance is not None:
            put(self, "guidance", bounds.number("guidance", self.guidance, 0.0, 30.0))
        if self.handover is not None:
            put(self, "handover", bounds.number("handover", self.handover, 0.0, 1.0, open_ends=True))
        put(self, "scheduler", bounds.choice("scheduler", self.scheduler, SCHEDULERS))
        put(self, "model", bounds.text("model", self.model, 100, low=1))

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture, in order."""
        return tuple(range(self.seed, self.seed + self.count))

    def content(self) -> Content:
        """Return the words for the rules."""
        texts = (("prompt", self.prompt), ("negative_prompt", self.negative_prompt))
        return Content(stage=Stage.INPUT, texts=tuple(pair for pair in texts if pair[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer, earlier in the same conversation."""

    question: str
    answer: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "question", bounds.text("history", self.question, MAX_PROMPT, low=1))
        object.__setattr__(self, "answer", bounds.text("history", self.answer, MAX_PROMPT))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRequest:
    """Answer a question about a picture.

    Attributes:
        image: the picture.
        question: 1..2000 characters.
        history: earlier turns about the same picture, oldest first, at most 20.
        model: id in models.yaml, or ``auto``.
    """

    action: ClassVar[Action] = Action.ASK

    image: Picture
    question: str
    history: tuple[Turn, ...] = ()
    model: str = AUTO

    def __post_init__(self) -> None:
        _require_picture(self.image)
        object.__setattr__(self, "question", bounds.text("question", self.question, MAX_PROMPT, low=1))
        if len(self.history) > MAX_TURNS:
            raise InvalidRequestError("history", f"{len(self.history)} turns", f"at most {MAX_TURNS} turns")
        object.__setattr__(self, "model", bounds.text("model", self.model, 100, low=1))

    def content(self) -> Content:
        """Return the words and the upload for the rules; earlier answers too, since a client may have written them."""
        said = tuple(("history", text) for turn in self.history for text in (turn.question, turn.answer) if text)
        return Content(stage=Stage.INPUT, texts=(("question", self.question), *said), pictures=(self.image,))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeRequest:
    """Describe a picture, also as its alternative text.

    Attributes:
        image: the picture.
        length: ``short`` (one phrase) or ``long`` (a few sentences).
        model: id in models.yaml, or ``auto``.
    """

    action: ClassVar[Action] = Action.DESCRIBE

    image: Picture
    length: str = "short"
    model: str = AUTO

    def __post_init__(self) -> None:
        _require_picture(self.image)
        object.__setattr__(self, "length", bounds.choice("length", self.length, LENGTHS))
        object.__setattr__(self, "model", bounds.text("model", self.model, 100, low=1))

    def content(self) -> Content:
        """Return the upload for the rules."""
        return Content(stage=Stage.INPUT, pictures=(self.image,))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequest:
    """Speak a text.

    Attributes:
        text: 1..1000 characters.
        language: language tag (BCP 47) such as ``en``, ``es-419`` or ``zh-Hant-TW``; ``pt_BR`` becomes ``pt-BR``.
        voice: id of a speech model, or ``auto``: gTTS where Google is reached, else the offline voice.
    """

    action: ClassVar[Action] = Action.SPEAK

    text: str
    language: str = "en"
    voice: str = AUTO

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", bounds.text("text", self.text, MAX_SPOKEN, low=1))
        language = bounds.text("language", self.language, MAX_TAG, low=2).replace("_", "-")
        if not _TAG.fullmatch(language):
            raise InvalidRequestError("language", language, "a language tag such as en, pt-BR, es-419 or zh-Hant-TW")
        object.__setattr__(self, "language", language)
        object.__setattr__(self, "voice", bounds.text("voice", self.voice, 100, low=1))

    @property
    def model(self) -> str:
        """The voice under the name every request has for its model."""
        return self.voice

    def content(self) -> Content:
        """Return the words for the rules."""
        return Content(stage=Stage.INPUT, texts=(("text", self.text),))


Request = GenerateRequest | AskRequest | DescribeRequest | SpeakRequest


def _require_picture(value: object) -> None:
    if not isinstance(value, Picture):
        raise InvalidRequestError("image", value, "a picture (PNG, JPEG, WebP, GIF or BMP); add one first")
