"""Samplers by the names of ``core.requests.SCHEDULERS``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import diffusers

_CLASSES = {
    "euler": diffusers.EulerDiscreteScheduler,
    "euler_ancestral": diffusers.EulerAncestralDiscreteScheduler,
    "ddim": diffusers.DDIMScheduler,
    "dpmpp_2m": diffusers.DPMSolverMultistepScheduler,
    "heun": diffusers.HeunDiscreteScheduler,
    "unipc": diffusers.UniPCMultistepScheduler,
}
# Where the configuration of the weights is silent, DDIM would clip latents to -1..1: right for pixels, not for these.
_EXTRA = {"ddim": {"clip_sample": False, "set_alpha_to_one": False}}


def make(name: str, trained: Any) -> Any:
    """Return a fresh scheduler of its own, in the noise schedule the model was trained with.

    Args:
        name: one of ``core.requests.SCHEDULERS``; ``default`` is the class the weights came with.
        trained: the scheduler that was loaded with the model; it stays as it is.
    """
    if name == "default":
        return type(trained).from_config(trained.config)
    extra = _EXTRA.get(name, {})
    return _CLASSES[name].from_config({**trained.config, **extra})


def facts(scheduler: Any) -> Mapping[str, Any]:
    """Return class and configuration as plain JSON values."""
    config = {key: value for key, value in scheduler.config.items() if not key.startswith("_")}
    return {"class": type(scheduler).__name__, "config": config}


def split(scheduler: Any, steps: int, handover: float | None) -> tuple[int, int]:
    """Return how many calls of the base and of the refiner a run of ``steps`` takes.

    Second-order samplers call the model almost twice per step. The second number is 0 without a hand-over, and where
    the last step of so few lies before it.

    Source: diffusers, "ensemble of expert denoisers": the experts part at a timestep, not at a count of steps.
    """
    scheduler.set_timesteps(steps)
    times = scheduler.timesteps.tolist()
    if handover is None:
        return len(times), 0
    trained = scheduler.config.num_train_timesteps
    cut = round(trained - handover * trained)
    late = sum(time < cut for time in times)
    if late and scheduler.order == 2 and late % 2 == 0:
        # The refiner begins with a whole step, never with the correcting half of one.
        return len(times) - late, late + 1
    return len(times) - late, late
