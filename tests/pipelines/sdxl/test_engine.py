from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image

from core.errors import EngineFailedError, EngineUnavailableError, RunCancelledError
from core.requests import SCHEDULERS, GenerateRequest
from core.requests.flat import from_flat
from core.results import Product
from pipelines.catalogue.styles import Style
from pipelines.sdxl.engine import Options, Sdxl, build
from pipelines.sdxl.words import read
from pipelines.upscale.upscaler import Upscaler
from tests.pipelines.watched_job import WatchedJob

REQUEST = {"prompt": "a red cat", "seed": 3, "steps": 10, "guidance": 3.0}


@pytest.fixture(scope="module")
def engine(sdxl_options: dict[str, Any]) -> Sdxl:
    style = Style(id="flat", title="Flat", prompt="{prompt}, flat", negative_prompt="deep")
    return build(Options(**sdxl_options, styles={"flat": style}))


@pytest.fixture(scope="module")
def twin(engine: Sdxl, sdxl_options: dict[str, Any]) -> Sdxl:
    """The base as its own refiner."""
    return Sdxl(Options(**sdxl_options), engine._base, _as_refiner(engine._base))


def _as_refiner(base: Any) -> Any:
    from diffusers import StableDiffusionXLImg2ImgPipeline

    refiner = StableDiffusionXLImg2ImgPipeline(**base.components, add_watermarker=False)
    refiner.set_progress_bar_config(disable=True)
    return refiner


def asked(**changes: Any) -> GenerateRequest:
    request: GenerateRequest = from_flat(GenerateRequest, REQUEST | changes)
    return request


def make(engine: Sdxl, **changes: Any) -> Product:
    return engine.run(asked(**changes), WatchedJob())


def pngs(product: Product) -> list[bytes]:
    return [made.picture.png for made in product.pictures]


def levels(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=some.integers(2, 4), seed=some.integers(0, 2**32 - 5), scheduler=some.sampled_from(SCHEDULERS))
def test_every_picture_of_a_batch_equals_its_seed_alone(engine: Sdxl, count: int, seed: int, scheduler: str) -> None:
    fixed = {"scheduler": scheduler, "steps": 4}
    together = make(engine, seed=seed, count=count, **fixed)
    alone = [pngs(make(engine, seed=seed + i, **fixed))[0] for i in range(count)]
    assert pngs(together) == alone
    assert [made.seed for made in together.pictures] == [seed + i for i in range(count)]
    assert len(set(alone)) == count


@pytest.mark.parametrize("scheduler", ["euler", "ddim"])
@pytest.mark.parametrize("steps", [5, 10, 25])
def test_a_hand_over_to_the_same_expert_changes_nothing(twin: Sdxl, scheduler: str, steps: int) -> None:
    split = make(twin, scheduler=scheduler, steps=steps, handover=0.8)
    whole = make(twin, scheduler=scheduler, steps=steps, handover=None)
    assert split.facts["steps"]["refiner"] > 0
    assert pngs(split) == pngs(whole)


def test_the_refiner_has_a_say(engine: Sdxl) -> None:
    refined, alone = make(engine), make(engine, handover=None)
    assert pngs(refined) != pngs(alone)
    assert refined.facts["steps"] == {"base": 8, "refiner": 2}
    assert alone.facts["steps"] == {"base": 10, "refiner": 0}


@pytest.mark.parametrize("negative_prompt", ["", "a blue dog"])
def test_it_makes_what_the_plain_pipelines_make(engine: Sdxl, negative_prompt: str) -> None:
    chance = torch.Generator("cpu").manual_seed(3)
    words = {"prompt": "a red cat", "negative_prompt": negative_prompt or None, "generator": chance}
    fixed = {"num_inference_steps": 10, "guidance_scale": 3.0}
    with torch.inference_mode():
        latents = engine._base(**words, **fixed, width=16, height=16, denoising_end=0.8, output_type="latent").images
        image = engine._refiner(**words, **fixed, image=latents, denoising_start=0.8).images[0]
    made = pngs(make(engine, negative_prompt=negative_prompt))[0]
    assert np.array_equal(levels(made), np.asarray(image).astype(int))


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("handover", [None, 0.3, 0.8])
def test_steps_are_counted_as_they_are_made(engine: Sdxl, scheduler: str, handover: float | None) -> None:
    job = WatchedJob()
    product = engine.run(asked(scheduler=scheduler, handover=handover, count=2), job)
    steps = product.facts["steps"]
    seen = [progress for progress in job.progress if progress.stage in {"base", "refiner"}]
    assert [progress.step for progress in seen] == list(range(1, len(seen) + 1))
    assert all(progress.steps == len(seen) for progress in seen)
    assert sum(progress.stage == "base" for progress in seen) == 2 * steps["base"]
    assert sum(progress.stage == "refiner" for progress in seen) == 2 * steps["refiner"]


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("handover", [0.001, 0.999])
def test_a_hand_over_at_the_very_ends_still_takes_the_asked_steps(
    engine: Sdxl, scheduler: str, handover: float
) -> None:
    product = make(engine, handover=handover, scheduler=scheduler)
    steps = product.facts["steps"]
    assert sum(steps.values()) == sum(make(engine, handover=None, scheduler=scheduler).facts["steps"].values())
    if steps["refiner"] == 0:
        assert product.facts["handover"] is None
        assert "refiner" in product.facts["ignored"]["handover"]
        assert pngs(product) == pngs(make(engine, handover=None, scheduler=scheduler))


def test_a_run_leaves_nothing_behind(engine: Sdxl) -> None:
    pipelines = (engine._base, engine._refiner)

    def held() -> list[Any]:
        return [(one, dict(one.config), one.num_inference_steps) for one in (pipe.scheduler for pipe in pipelines)]

    before = held()
    first = pngs(make(engine))
    for scheduler in SCHEDULERS:
        make(engine, scheduler=scheduler)
    with pytest.raises(RunCancelledError):
        engine.run(asked(scheduler="heun"), CancelledAt(4))
    assert held() == before
    assert pngs(make(engine)) == first


class CancelledAt(WatchedJob):
    """Somebody presses Cancel while step ``number`` is being made."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def step(self, stage: str, step: int = 0, steps: int = 0, preview: bytes | None = None) -> None:
        if step == self._number:
            self.cancel()
        super().step(stage, step, steps, preview)


@pytest.mark.parametrize("number", [1, 8, 9, 10])
def test_a_cancelled_run_stops_within_a_step_and_decodes_nothing(
    engine: Sdxl, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Any] = []
    decode = engine._base.vae.decode
    monkeypatch.setattr(engine._base.vae, "decode", lambda *a, **k: (decoded.append(a), decode(*a, **k))[1])
    job = CancelledAt(number)
    with pytest.raises(RunCancelledError):
        engine.run(asked(), job)
    assert [progress.step for progress in job.progress] == list(range(1, number))
    assert not decoded


def test_runs_at_the_same_time_do_not_touch_each_other(engine: Sdxl) -> None:
    requests = [
        asked(seed=seed, scheduler=scheduler, steps=steps)
        for seed, scheduler, steps in ((1, "euler", 6), (2, "ddim", 9), (3, "heun", 4), (4, "dpmpp_2m", 7))
    ]
    alone = [pngs(engine.run(request, WatchedJob())) for request in requests]
    together: dict[int, list[bytes]] = {}

    def work(number: int) -> None:
        together[number] = pngs(engine.run(requests[number], WatchedJob()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(requests))] == alone


def test_previews_come_every_third_step_at_latent_size(engine: Sdxl) -> None:
    job = WatchedJob()
    engine.run(asked(), job)
    shown = [progress for progress in job.progress if progress.preview]
    assert [progress.step for progress in shown] == [3, 6, 9]
    assert Image.open(io.BytesIO(shown[-1].preview or b"")).size == (8, 8)


def test_the_facts_name_everything_a_replay_needs(engine: Sdxl) -> None:
    facts = make(engine, style="flat", negative_prompt="dark", scheduler="ddim").facts
    assert facts["prompt"] == "a red cat, flat"
    assert facts["negative_prompt"] == "dark, deep"
    assert facts["template"] == "{prompt}, flat"
    assert facts["scheduler"]["class"] == "DDIMScheduler"
    assert facts["scheduler"]["config"]["clip_sample"] is False
    assert facts["guidance"] == {"base": 3.0, "refiner": 3.0}
    assert (facts["width"], facts["height"]) == (16, 16)
    assert facts["ignored"] == {}


def test_words_beyond_the_encoder_are_named(engine: Sdxl) -> None:
    # One letter is one token here, and 22 of 24 tokens are for words.
    ignored = make(engine, prompt="abcdefghij klmnopqrst uvWXYZ").facts["ignored"]
    assert ignored["prompt"].endswith("left out: WXYZ")
    assert "24 tokens" in ignored["prompt"]
    assert make(engine, negative_prompt="日" * 30).facts["ignored"]["negative_prompt"].endswith("日")
    assert make(engine, prompt="abcdefghij").facts["ignored"] == {}


def test_words_of_a_style_beyond_the_encoder_are_told_as_those_of_the_style(engine: Sdxl) -> None:
    # 22 tokens: the prompt takes 20, so that of ", flat" only the comma and a letter are read.
    ignored = make(engine, prompt="a" * 20, style="flat").facts["ignored"]
    assert ignored == {"style": "The model reads 24 tokens; these words of the style were left out: lat"}
    both = make(engine, prompt="a" * 21 + "bcd", negative_prompt="e" * 21 + "fg", style="flat").facts["ignored"]
    assert both["prompt"].endswith("left out: cd")
    assert both["negative_prompt"].endswith("left out: g")
    assert both["style"].endswith("left out: flat, deep")
    assert make(engine, prompt="a" * 15, style="flat").facts["ignored"] == {}


def test_an_encoder_that_reads_less_than_the_other_is_told(engine: Sdxl, monkeypatch: pytest.MonkeyPatch) -> None:
    both = (engine._base.tokenizer, engine._base.tokenizer_2)
    text = "abcdefghij" * 3
    assert read(both, text) == (22, "The model reads 24 tokens")
    monkeypatch.setattr(both[0], "model_max_length", 12)
    assert read(both, text) == (10, "One of the text encoders reads 12 tokens")
    assert read(both, "abcdefghij") == (10, "The model reads 12 tokens")
    assert read((None, both[1]), text)[0] == 22


@pytest.mark.parametrize("guidance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("handover", [0.8, None])
def test_without_guidance_nothing_is_kept_out(engine: Sdxl, guidance: float, handover: float | None) -> None:
    named = {"guidance": guidance, "handover": handover}
    product = make(engine, **named, negative_prompt="dark" * 20, style="flat")
    ignored = product.facts["ignored"]
    assert "guidance 1 or less" in ignored["negative_prompt"]
    assert "guidance 1 or less" in ignored["style"]
    assert ("guidance" in ignored) is (guidance < 1)
    # It is true: the picture is the same without them, and at every such scale.
    assert pngs(product) == pngs(make(engine, **named, style="flat"))
    assert pngs(product) == pngs(make(engine, guidance=1.0, handover=handover, style="flat"))
    assert "negative_prompt" not in make(engine, **named).facts["ignored"]


@pytest.mark.parametrize(("guidance", "share", "where"), [(1.5, 0.5, "refiner 0.75"), (0.8, 2.0, "base 0.8")])
def test_one_expert_without_guidance_is_named(
    engine: Sdxl, sdxl_options: dict[str, Any], guidance: float, share: float, where: str
) -> None:
    uneven = Sdxl(Options(**sdxl_options, refiner_guidance=share), engine._base, engine._refiner)
    ignored = make(uneven, guidance=guidance, negative_prompt="dark").facts["ignored"]
    assert f"({where}) it has no effect there" in ignored["negative_prompt"]
    assert where in ignored["guidance"]
    alone = make(uneven, guidance=guidance, negative_prompt="dark", handover=None).facts["ignored"]
    assert ("negative_prompt" in alone) is (guidance <= 1)


def test_a_hand_over_before_the_first_step_is_told(engine: Sdxl) -> None:
    for steps, handover in ((1, 0.8), (3, 0.001), (3, 0.8)):
        facts = make(engine, steps=steps, handover=handover).facts
        assert ("left for the base" in facts["ignored"].get("handover", "")) is (facts["steps"]["base"] == 0)
    assert make(engine, steps=1).facts["steps"] == {"base": 0, "refiner": 1}


def test_a_row_without_a_refiner_is_believed(engine: Sdxl, sdxl_options: dict[str, Any]) -> None:
    single = Sdxl(Options(**sdxl_options), engine._base, None)
    product = make(single, handover=0.8)
    assert product.facts["ignored"] == {"handover": "This model has no refiner."}
    assert pngs(product) == pngs(make(engine, handover=None))
    assert make(single, handover=None).facts["ignored"] == {}


@pytest.mark.parametrize(("ratio", "size"), [("square", (16, 16)), ("portrait", (8, 16)), ("landscape", (16, 8))])
def test_sizes_follow_the_aspect_ratio(engine: Sdxl, ratio: str, size: tuple[int, int]) -> None:
    picture = make(engine, aspect_ratio=ratio).pictures[0].picture
    assert (picture.width, picture.height) == size == Image.open(io.BytesIO(picture.png)).size


def test_the_environment_names_the_weights(engine: Sdxl, sdxl_options: dict[str, Any]) -> None:
    again = build(Options(**sdxl_options))
    alone = build(Options(**{**sdxl_options, "refiner": None}))
    assert len(engine.environment["fingerprint"]) == 64
    assert again.environment == engine.environment
    assert alone.environment["fingerprint"] != engine.environment["fingerprint"]
    assert {"python", "torch", "diffusers", "transformers", "device", "dtype", "threads"} < set(engine.environment)


def test_a_model_without_a_refiner_says_so(sdxl_options: dict[str, Any]) -> None:
    alone = build(Options(**{**sdxl_options, "refiner": None}))
    assert "no refiner" in make(alone).facts["ignored"]["handover"]


def test_the_experts_share_what_they_can(engine: Sdxl) -> None:
    assert engine._refiner.vae is engine._base.vae
    assert engine._refiner.text_encoder_2 is engine._base.text_encoder_2


def test_no_memory_is_a_sentence_and_the_next_run_works(engine: Sdxl, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pngs(make(engine))

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(engine._base.unet, "forward", full)
        with pytest.raises(EngineFailedError, match=r"ran out of memory\. Ask for a smaller picture"):
            make(engine)
    assert pngs(make(engine)) == first


def test_missing_weights_are_a_sentence(sdxl_options: dict[str, Any]) -> None:
    with pytest.raises(EngineUnavailableError, match="nobody/nothing cannot be loaded"):
        build(Options(**{**sdxl_options, "base": "nobody/nothing"}))


def test_each_picture_is_handed_over_once_it_is_made_with_what_explains_it(engine: Sdxl) -> None:
    job = WatchedJob()
    product = engine.run(asked(count=2), job)
    assert [item for item, _ in job.kept_pictures] == list(product.pictures)
    for _, facts in job.kept_pictures:
        assert facts == {name: value for name, value in product.facts.items() if name != "seconds"}


def test_a_second_attempt_makes_the_missing_pictures_alone_and_they_are_the_same(engine: Sdxl) -> None:
    whole = make(engine, count=3)
    job = WatchedJob()
    job.kept = 1
    rest = engine.run(asked(count=3), job)
    assert pngs(rest) == pngs(whole)[1:]
    steps = [progress.step for progress in job.progress]
    assert (steps[0] > job.progress[0].steps // 3, steps[-1]) == (True, job.progress[-1].steps)


@pytest.fixture(scope="module")
def larger(engine: Sdxl, sdxl_options: dict[str, Any], upscaler_file: Path) -> Sdxl:
    upscaler = Upscaler(str(upscaler_file), torch.device("cpu"))
    return Sdxl(Options(**sdxl_options, upscaler=str(upscaler_file)), engine._base, engine._refiner, upscaler)


@pytest.mark.parametrize(("upscale", "factor"), [("none", 1), ("default", 1), ("x4", 4), ("x16", 16)])
def test_pictures_are_finished_as_asked(engine: Sdxl, larger: Sdxl, upscale: str, factor: int) -> None:
    product = make(larger, upscale=upscale, count=2, aspect_ratio="portrait")
    size = (8 * factor, 16 * factor)
    assert [Image.open(io.BytesIO(png)).size for png in pngs(product)] == [size, size]
    assert (product.facts["width"], product.facts["height"]) == size
    assert ("upscale" in product.facts) is (factor > 1)
    assert "upscale" not in product.facts["ignored"]
    assert pngs(product) == pngs(make(larger, upscale=upscale, count=2, aspect_ratio="portrait"))
    if factor == 1:
        assert pngs(product) == pngs(make(engine, count=2, aspect_ratio="portrait"))


def test_a_finished_picture_of_a_batch_equals_its_seed_alone(larger: Sdxl) -> None:
    together = make(larger, upscale="x4", count=3, seed=5)
    assert pngs(together) == [pngs(make(larger, upscale="x4", seed=5 + at))[0] for at in range(3)]


def test_finishing_is_reported_and_can_be_stopped(larger: Sdxl) -> None:
    job = WatchedJob()
    larger.run(asked(upscale="x4", count=2), job)
    stages = [progress.stage for progress in job.progress]
    assert stages.count("upscaling") == 2
    assert all(one.preview is None for one in job.progress if one.stage == "upscaling")

    class Stopped(WatchedJob):
        def step(self, stage: str, *rest: Any) -> None:
            if stage == "upscaling":
                self.cancel()
            super().step(stage, *rest)

    with pytest.raises(RunCancelledError):
        larger.run(asked(upscale="x4"), Stopped())


def test_the_environment_names_the_upscaler(engine: Sdxl, larger: Sdxl) -> None:
    assert larger.environment == {**engine.environment, **larger._upscaler.environment}
    assert "upscaler" not in engine.environment


def test_an_upscaler_that_cannot_be_had_is_a_sentence(sdxl_options: dict[str, Any]) -> None:
    with pytest.raises(EngineUnavailableError, match=r"nowhere/model\.safetensors is not on this machine"):
        build(Options(**sdxl_options, upscaler="assets/nowhere/model.safetensors"))
