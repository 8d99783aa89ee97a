from __future__ import annotations

import json

from diffusers import EulerDiscreteScheduler
from hypothesis import given, settings
from hypothesis import strategies as some

from core.requests import SCHEDULERS
from pipelines.sdxl import schedulers

TRAINED = EulerDiscreteScheduler(
    beta_start=0.00085,
    beta_end=0.012,
    beta_schedule="scaled_linear",
    prediction_type="v_prediction",
    rescale_betas_zero_snr=True,
    timestep_spacing="trailing",
)


@settings(deadline=None, max_examples=60)
@given(
    name=some.sampled_from(SCHEDULERS),
    steps=some.integers(2, 60),
    handover=some.floats(0, 1, exclude_min=True, exclude_max=True),
)
def test_the_experts_share_the_steps_and_a_later_hand_over_gives_the_base_no_fewer(
    name: str, steps: int, handover: float
) -> None:
    scheduler = schedulers.make(name, TRAINED)
    base, refiner = schedulers.split(scheduler, steps, handover)
    whole, none = schedulers.split(scheduler, steps, None)
    assert none == 0
    # A second-order sampler repeats one half step where the experts part.
    assert whole <= base + refiner <= whole + scheduler.order - 1
    later, _ = schedulers.split(scheduler, steps, (handover + 1) / 2)
    assert later >= base


def test_the_noise_the_model_learned_stays_and_the_loaded_scheduler_too() -> None:
    before = dict(TRAINED.config)
    for name in SCHEDULERS:
        made = schedulers.make(name, TRAINED)
        assert made is not TRAINED
        kept = {key: made.config[key] for key in ("beta_start", "beta_end", "beta_schedule", "prediction_type")}
        assert kept == {key: before[key] for key in kept}
        json.dumps(schedulers.facts(made))
    assert dict(TRAINED.config) == before
