"""Stage 1: pictures by base and refiner of trained prompts: the upscaler learns to finish exactly those."""

import argparse
import os
import random
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline

from training.image.card import MODELS
from training.image.diffusion import HANDOVER
from training.progress import device
from training.world import captions, couples
from training.world.icons import IMAGE_STYLES, drawn
from training.world.packages import CACHE
from training.world.scenes import GROUNDS, Scene, single
from training.world.splits import held_out

BATCH = 16
GUIDANCE, REFINER_GUIDANCE = 3.0, 1.5  # those of the row in models.yaml
SINGLES = 0.75  # the others show two things
KEPT = CACHE / "upscaler_pictures.pt"


@dataclass(frozen=True)
class Asked:
    """Words for the model, and the scene they describe."""

    words: str
    scene: Scene


def asked(count: int, seed: int, held: bool = False) -> list[Asked]:
    """So many prompts of combinations that are trained, or ``held`` out: the same list at every call."""
    rng = random.Random(seed)
    return [_one(rng, held) for _ in range(count)]


def _one(rng: random.Random, held: bool) -> Asked:
    if rng.random() >= SINGLES:
        couple = couples.random_couple(rng, held)
        return Asked(couples.caption(rng, couple), couple.scene)
    while True:
        words = rng.choice(drawn()).name, rng.choice(IMAGE_STYLES), rng.choice(list(GROUNDS))
        scene = single(*words)
        if held_out(scene) == held:
            return Asked(captions.caption(rng, *words), scene)


class Painter:
    """The bundled base and refiner as people meet them."""

    def __init__(self) -> None:
        self.base = StableDiffusionXLPipeline.from_pretrained(MODELS / "base", torch_dtype=torch.float32)
        shared = {name: getattr(self.base, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
        self.refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(
            MODELS / "refiner", torch_dtype=torch.float32, **shared
        )
        for pipeline in (self.base, self.refiner):
            pipeline.to(device()).set_progress_bar_config(disable=True)

    def paint(self, prompts: list[str], steps: int, seed: int) -> torch.Tensor:
        """Pictures (n, 3, height, width), uint8."""
        noise = torch.Generator().manual_seed(seed)
        latents = self.base(
            prompts, num_inference_steps=steps, guidance_scale=GUIDANCE, denoising_end=HANDOVER, generator=noise,
            output_type="latent",
        ).images  # fmt: skip
        made = self.refiner(
            prompts, image=latents, num_inference_steps=steps, guidance_scale=REFINER_GUIDANCE,
            denoising_start=HANDOVER, generator=noise,
        ).images  # fmt: skip
        return torch.from_numpy(np.stack([np.asarray(one) for one in made])).permute(0, 3, 1, 2)


def main() -> None:
    """Writes ``upscaler_pictures.pt``: the pictures and the seed of what was ``asked`` for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    painter, seed = Painter(), 1
    prompts = [one.words for one in asked(arguments.count, seed)]
    made = []
    for start in range(0, len(prompts), BATCH):
        made.append(painter.paint(prompts[start : start + BATCH], arguments.steps, start))
        print(f"{start + len(made[-1])} of {len(prompts)}", flush=True)
    torch.save({"pictures": torch.cat(made), "seed": seed}, KEPT)


if __name__ == "__main__":
    main()
