"""Stable Diffusion XL on this machine: the base makes, the refiner finishes. Any weights of that architecture."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from diffusers import AutoencoderKL, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from pydantic import Field
from transformers.utils import logging as transformers_logging

from core.errors import EngineUnavailableError
from core.job import Job
from core.ports import Engine
from core.requests import GenerateRequest
from core.results import MadePicture, Product
from pipelines.catalogue import effects, styles
from pipelines.catalogue.options import PictureOptions
from pipelines.machine import torch_device, weights
from pipelines.machine.encoded import to_picture
from pipelines.sdxl import schedulers
from pipelines.sdxl.preview import Preview
from pipelines.sdxl.steps import Steps
from pipelines.sdxl.words import encode, read
from pipelines.upscale.finishing import Finishing
from pipelines.upscale.upscaler import Upscaler

_UNET = "unet/config.json"
_PACKAGES = ("torch", "diffusers", "transformers")
_SMALLER = "Ask for a smaller picture, or choose a smaller model."


class Options(PictureOptions):
    """Options of a row in models.yaml.

    Attributes:
        base: folder, or ``owner/name`` on the hub.
        refiner: the second expert; it shares the base's decoder and second text encoder.
        vae: another decoder than the base's own.
        variant: which of several precisions the files come in, e.g. ``fp16``.
        preview: ``sdxl`` for the published colours of its decoder; otherwise they are fitted to the decoder at hand.
        upscaler: a file of weights, ``folder/file`` or ``owner/name/file`` on the hub, that makes pictures larger.
        refiner_guidance: the refiner's guidance as a share of the base's.
        device: ``auto`` is CUDA where it works.
    """

    base: str
    refiner: str | None = None
    vae: str | None = None
    upscaler: str | None = None
    variant: str | None = None
    preview: Literal["fitted", "sdxl"] = "fitted"
    refiner_guidance: float = Field(default=1.0, gt=0, le=2)
    device: Literal["auto", "cpu", "cuda"] = "auto"


def build(options: Options) -> Sdxl:
    """Load the model. See ``core.ports.Engines.get``.

    Raises:
        EngineUnavailableError: weights are missing or broken.
        EngineFailedError: the device has too little memory.
    """
    for log in (diffusers_logging, transformers_logging):
        log.set_verbosity_error()
        log.disable_progress_bar()
    device = torch_device.choose(options.device)
    # Half precision is ten times slower than single on a processor.
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    kept: dict[str, Any] = {"dtype": dtype, "use_safetensors": True, "local_files_only": not options.hub}
    named = {**kept, "variant": options.variant, "add_watermarker": False}
    with torch_device.memory_guarded("Close other programs, or choose a smaller model."):
        try:
            own = {"vae": AutoencoderKL.from_pretrained(weights.source_of(options.vae), **kept)} if options.vae else {}
            base = StableDiffusionXLPipeline.from_pretrained(weights.source_of(options.base), **own, **named)
            refiner = None
            if options.refiner:
                shared = {name: getattr(base, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
                source = weights.source_of(options.refiner)
                refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(source, **shared, **named)
        except (OSError, ValueError) as error:
            raise EngineUnavailableError(f"The weights of {options.base} cannot be loaded: {error}") from error
        for pipeline in filter(None, (base, refiner)):
            pipeline.to(device).set_progress_bar_config(disable=True)
        upscaler = Upscaler(options.upscaler, device, hub=options.hub) if options.upscaler else None
        return Sdxl(options, base, refiner, upscaler)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One expert's part of one run: its own pipeline and scheduler, the words as it reads them, its guidance."""

    pipeline: Any
    words: Mapping[str, Any]
    guidance: float


class Sdxl(Engine):
    """See ``core.ports.Engine``."""

    def __init__(self, options: Options, base: Any, refiner: Any, upscaler: Upscaler | None = None) -> None:
        self._options = options
        self._base = base
        self._refiner = refiner
        self._upscaler = upscaler
        self._preview = (
            Preview.published() if options.preview == "sdxl" else Preview.fitted(base.vae, base.unet.config.sample_size)
        )
        sources = [(options.base, _UNET), (options.refiner, _UNET), (options.vae, "config.json")]
        mark = weights.fingerprint([(source, file) for source, file in sources if source], options.variant)
        self.environment = {
            **torch_device.environment(base.device, base.dtype, mark, _PACKAGES),
            **(upscaler.environment if upscaler else {}),
        }

    def run(self, request: GenerateRequest, job: Job) -> Product:
        """Make pictures one by one, so that each depends on its own seed alone. See ``core.ports.Engine.run``."""
        with torch_device.memory_guarded(_SMALLER), torch.inference_mode():
            return self._run(request, job)

    def _run(self, request: GenerateRequest, job: Job) -> Product:
        # The model's own numbers were filled in when the run was accepted.
        steps, guidance = request.sampling.steps or 1, request.sampling.guidance or 0.0
        started = time.perf_counter()
        prompt, negative, template = styles.resolve(
            self._options.styles, request.style, request.prompt, request.negative_prompt
        )
        scheduler = schedulers.make(request.sampling.scheduler, self._base.scheduler)
        asked = request.sampling.handover
        handover = asked if self._refiner and isinstance(asked, float) else None
        calls = schedulers.split(scheduler, steps, handover)
        if calls[1] == 0:
            handover = None
        base = _plan(self._base, scheduler, prompt, negative, guidance)
        refiner = None
        if handover is not None:
            share = guidance * self._options.refiner_guidance
            refiner = _plan(
                self._refiner,
                schedulers.make(request.sampling.scheduler, self._base.scheduler),
                prompt,
                negative,
                share,
            )
        width, height = self._options.sizes[request.aspect_ratio]
        progress = Steps(job, total=sum(calls) * request.count, done=sum(calls) * job.kept, preview=self._preview)
        finish = Finishing(request.finish, self._upscaler, progress.finishing)
        words = {"prompt": prompt, "negative_prompt": negative}
        guided = {"base": base.guidance, "refiner": refiner.guidance if refiner else None}
        facts = {
            **words,
            "template": template,
            "scheduler": schedulers.facts(scheduler),
            "steps": {"base": calls[0], "refiner": calls[1]},
            "handover": handover,
            "guidance": guided,
            "width": width * finish.factor,
            "height": height * finish.factor,
            **finish.facts,
            "ignored": effects.together(
                effects.unguided(request, negative, guided if calls[0] else {"refiner": guided["refiner"]}),
                self._cut(request, words, template, guided),
                effects.handover(request, calls, refiner=bool(self._refiner)),
            ),
        }
        made, seconds = [], [time.perf_counter() - started]
        for seed in request.seeds[job.kept :]:
            started = time.perf_counter()
            image = _paint(
                base, refiner, progress, seed=seed, steps=steps, handover=handover, width=width, height=height
            )
            made.append(MadePicture(picture=to_picture(finish(image)), seed=seed))
            seconds.append(time.perf_counter() - started)
            job.made(made[-1], facts)
        taken: dict[str, Any] = {"words": round(seconds[0], 4), "pictures": [round(one, 4) for one in seconds[1:]]}
        if finish.seconds:
            taken["upscale"] = finish.seconds
        return Product(pictures=tuple(made), facts={**facts, "seconds": taken})

    def _cut(
        self, request: GenerateRequest, words: Mapping[str, str], template: str, guided: Mapping[str, float | None]
    ) -> dict[str, str]:
        """Return what the encoders left out. What no guidance reads is told of elsewhere."""
        tokenizers = (self._base.tokenizer, self._base.tokenizer_2)
        kept_out = any(scale is not None and scale > 1 for scale in guided.values())
        names = ("prompt", "negative_prompt") if kept_out else ("prompt",)
        return effects.cut(request, words, template, {name: read(tokenizers, words[name]) for name in names})


def _plan(shared: Any, scheduler: Any, prompt: str, negative: str, guidance: float) -> _Plan:
    # A pipeline keeps state of its call and of its scheduler: each run has its own, over the same weights.
    pipeline = copy.copy(shared)
    pipeline.scheduler = scheduler
    return _Plan(pipeline, encode(pipeline, prompt, negative, guidance), guidance)


def _paint(
    base: _Plan,
    refiner: _Plan | None,
    progress: Steps,
    *,
    seed: int,
    steps: int,
    handover: float | None,
    width: int,
    height: int,
) -> Any:
    """Return one picture (PIL, RGB)."""
    # The processor's generator gives the same noise whatever the device.
    chance = torch.Generator("cpu").manual_seed(seed)
    latents = base.pipeline(
        **base.words,
        guidance_scale=base.guidance,
        num_inference_steps=steps,
        width=width,
        height=height,
        generator=chance,
        denoising_end=handover,
        output_type="latent" if refiner else "pil",
        callback_on_step_end=progress.of("base", last=refiner is None),
    ).images
    if refiner is None:
        return latents[0]
    return refiner.pipeline(
        **refiner.words,
        image=latents,
        guidance_scale=refiner.guidance,
        num_inference_steps=steps,
        generator=chance,
        denoising_start=handover,
        callback_on_step_end=progress.of("refiner", last=True),
    ).images[0]
