"""How a picture is sampled: the part of a request that researchers turn, and that others leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from core.requests.bound import Choice, Number, Whole
from core.requests.field import RoleLimit, check, described

MAX_STEPS = 150
SCHEDULERS = ("default", "euler", "euler_ancestral", "ddim", "dpmpp_2m", "heun", "unipc")
# The refiner stays out, where None leaves the hand-over to the model.
BASE_ALONE: Final = "none"
# Source: SDXL paper, section 2.5, and the published configuration of the refiner.
HANDOVER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Each None leaves the choice to the model; its own numbers are filled in before the run is kept.

    Attributes:
        steps: denoising steps over both experts, 1..150.
        guidance: classifier-free guidance scale, 0..30. Source: Imagen paper, equation 2 (``w``).
        handover: fraction of the noise schedule at which the refiner takes over, 0 < h < 1, or BASE_ALONE.
            Source: SDXL paper, section 2.5; diffusers "ensemble of expert denoisers".
        scheduler: one of SCHEDULERS.
    """

    steps: int | None = described(
        default=None,
        bound=Whole(1, MAX_STEPS),
        what="denoising steps over base and refiner",
        none="the model's own number",
        label="Steps",
        needs="steps",
        limit=RoleLimit(name="max_steps", amount="steps for a picture"),
    )
    guidance: float | None = described(
        default=None,
        bound=Number(0.0, 30.0),
        what="classifier-free guidance scale",
        none="the model's own",
        label="Guidance",
        needs="steps",
    )
    handover: float | Literal["none"] | None = described(
        default=None,
        bound=Number(0.0, 1.0, open_ends=True, word=BASE_ALONE),
        what="where in the noise schedule the refiner takes over",
        none="the base alone",
        label="Hand-over to the refiner",
        flat_default=HANDOVER,
        none_is=BASE_ALONE,
        needs="refiner",
    )
    scheduler: str = described(default="default", bound=Choice(SCHEDULERS), label="Scheduler")

    def __post_init__(self) -> None:
        check(self)
