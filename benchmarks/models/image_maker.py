"""Pictures from the bundled image model by the stock pipelines, as everybody loads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline
from numpy.typing import NDArray

from benchmarks.program import ROOT
from core.requests import HANDOVER, GenerateRequest
from training.image.card import MODELS

BATCH = 16


@dataclass(frozen=True)
class Setting:
    """How pictures are made. ``handover`` None is the base alone; width and height are in pixels."""

    steps: int
    guidance: float
    refiner_guidance: float
    handover: float | None
    width: int
    height: int


@cache
def app_setting() -> Setting:
    """What the app does when nothing is asked for: models.yaml and the defaults of a request."""
    row = next(row for row in yaml.safe_load((ROOT / "models.yaml").read_text()) if row.get("id") == "emoji-sdxl")
    request = GenerateRequest(prompt="a fox")
    share = row["options"].get("refiner_guidance", 1.0)
    width, height = row["sizes"][request.aspect_ratio]
    return Setting(row["steps"], row["guidance"], row["guidance"] * share, row.get("handover", HANDOVER), width, height)


class Maker:
    """The base and the refiner, which share the coder and the second text encoder, as in the app."""

    def __init__(self, folder: Path = MODELS) -> None:
        self.base = StableDiffusionXLPipeline.from_pretrained(folder / "base", add_watermarker=False)
        shared = {name: getattr(self.base, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
        self.refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(
            folder / "refiner", add_watermarker=False, **shared
        )
        for pipeline in (self.base, self.refiner):
            pipeline.set_progress_bar_config(disable=True)

    def make(self, prompts: list[str], setting: Setting, seed: int = 0) -> NDArray[np.uint8]:
        """Pictures (n, height, width, 3) of the prompts; the picture at position i has the seed ``seed + i``."""
        parts = []
        for start in range(0, len(prompts), BATCH):
            part = prompts[start : start + BATCH]
            noise = [torch.Generator().manual_seed(seed + start + at) for at in range(len(part))]
            parts.append(self._batch(part, setting, noise))
        return np.concatenate(parts)

    def _batch(self, prompts: list[str], setting: Setting, noise: list[torch.Generator]) -> NDArray[np.uint8]:
        common: dict[str, Any] = {"num_inference_steps": setting.steps, "generator": noise}
        sizes = {"width": setting.width, "height": setting.height}
        rough = self.base(
            prompts,
            guidance_scale=setting.guidance,
            denoising_end=setting.handover,
            output_type="np" if setting.handover is None else "latent",
            **sizes,
            **common,
        ).images
        if setting.handover is not None:
            rough = self.refiner(
                prompts,
                image=rough,
                guidance_scale=setting.refiner_guidance,
                denoising_start=setting.handover,
                output_type="np",
                **common,
            ).images
        pixels: NDArray[np.uint8] = (rough * 255).round().astype(np.uint8)
        return pixels
