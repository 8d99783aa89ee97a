"""Make pictures from words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from core.actions import Action
from core.errors import InvalidRequestError
from core.findings import Content, Stage
from core.media import Picture
from core.requests.bound import Choice, Name, Text, Whole
from core.requests.field import RoleLimit, check, described
from core.requests.finish import Finish
from core.requests.sampling import Sampling

AUTO = "auto"
RANDOM_SEED = -1
MAX_SEED = 2**32 - 1
MAX_PROMPT = 2_000
MAX_COUNT = 8
ASPECT_RATIOS = ("square", "portrait", "landscape")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """Words and frame of a picture, and the parts that say how it is made.

    Attributes:
        prompt: 1..2000 characters.
        negative_prompt: what to keep out, 0..2000 characters.
        style: id in styles.yaml, or ``none``.
        aspect_ratio: ``square``, ``portrait`` or ``landscape``; the model maps it to pixels.
        count: pictures, 1..8. Picture i has seed ``seed + i``.
        seed: 0..2^32-1, or -1 for a random one, which is resolved before the run is kept.
        sampling: steps, guidance, hand-over, scheduler.
        model: id in models.yaml, or ``auto``.
        finish: how large the picture becomes in the end.
    """

    action: ClassVar[Action] = Action.GENERATE
    noun: ClassVar[str] = "picture"
    doing: ClassVar[str] = "Making pictures"
    model_field: ClassVar[str] = "model"

    prompt: str = described(
        bound=Text(MAX_PROMPT, low=1, empty="Write what you want to see."),
        what="what to see",
        label="What do you want to see?",
    )
    negative_prompt: str = described(default="", bound=Text(MAX_PROMPT), what="what to keep out", label="Keep out")
    style: str = described(default="none", bound=Name("id of a prompt style, or none", 60), label="Style")
    aspect_ratio: str = described(default="square", bound=Choice(ASPECT_RATIOS), label="Shape")
    count: int = described(
        default=1,
        bound=Whole(1, MAX_COUNT),
        what="pictures",
        more="picture i has the seed plus i",
        label="Pictures",
        limit=RoleLimit(name="max_count", amount="pictures at once"),
    )
    seed: int = described(
        default=RANDOM_SEED,
        bound=Whole(RANDOM_SEED, MAX_SEED, f"0 to {MAX_SEED}, or {RANDOM_SEED} for a random one"),
        label="Seed",
    )
    sampling: Sampling = field(default_factory=Sampling)
    model: str = described(
        default=AUTO, bound=Name("id of a model, or auto for the best that runs here"), label="Model"
    )
    finish: Finish = field(default_factory=Finish)

    def __post_init__(self) -> None:
        check(self)
        if self.seed + self.count - 1 > MAX_SEED:
            allowed = f"at most {MAX_SEED - self.count + 1} for {self.count} pictures"
            raise InvalidRequestError("seed", self.seed, allowed)

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture, in order."""
        return tuple(range(self.seed, self.seed + self.count))

    @property
    def words(self) -> str:
        """The text a person reads in a list of runs."""
        return self.prompt

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures this request brings."""
        return ()

    def content(self) -> Content:
        """Return the words for the rules."""
        texts = (("prompt", self.prompt), ("negative_prompt", self.negative_prompt))
        return Content(stage=Stage.INPUT, texts=tuple(pair for pair in texts if pair[1]))
