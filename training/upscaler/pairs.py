"""Pairs to learn from: drawings at 256 px, and each of them at 64 px as the image model would have made it."""

import random
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch.nn import functional

from training.image.card import MODELS
from training.image.latents import encode
from training.progress import device
from training.upscaler import pictures
from training.upscaler.network import SCALE
from training.world.icons import IMAGE_STYLES, Icons, drawn, load_icons
from training.world.scenes import GROUNDS, Scene, draw, random_scene, single
from training.world.splits import held_out

SMALL = 64  # pixels a side of what the image model makes
LARGE = SMALL * SCALE
SINGLES = 0.6  # the others show one to four things
PICTURES = 0.25  # share that is by the model; the others go through the coder alone
NOISE = 0.12  # spread of the noisiest latents; most get far less


def large_icons() -> Icons:
    """The drawings at twice the side of the largest picture."""
    return load_icons(IMAGE_STYLES, 2 * LARGE)


def scene_of(rng: random.Random, held: bool = False) -> Scene:
    """A fresh scene of combinations that are trained, or ``held`` out."""
    while True:
        if rng.random() < SINGLES:
            scene = single(rng.choice(drawn()).name, rng.choice(IMAGE_STYLES), rng.choice(list(GROUNDS)))
        else:
            scene = random_scene(rng, styles=IMAGE_STYLES)
        if held_out(scene) == held:
            return scene


def drawings(scenes: list[Scene], icons: Icons) -> torch.Tensor:
    """The scenes at 256 px, uint8 (n, 3, 256, 256)."""
    return torch.from_numpy(np.stack([draw(scene, icons, LARGE) for scene in scenes])).permute(0, 3, 1, 2)


def unit(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 0..255 -> float 0..1."""
    return pixels.float() / 255


@dataclass
class Coder:
    """The bundled picture coder: what it makes of a picture, from latents that are not quite right."""

    vae: AutoencoderKL

    @classmethod
    def bundled(cls) -> "Coder":
        """The one of the base."""
        vae = AutoencoderKL.from_pretrained(MODELS / "base" / "vae", dtype=torch.float32)
        return cls(vae.to(device()).eval().requires_grad_(False))

    def through(self, large: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
        """The pictures shrunk by area, encoded, noised and decoded: uint8 (n, 3, height / 4, width / 4).

        ``spread`` is the standard deviation of the noise of each, (n,), where latents have about unit scale.
        """
        small = functional.avg_pool2d(large.float(), SCALE).round().to(torch.uint8)
        latents = encode(self.vae, small)
        noise = torch.randn(latents.shape) * spread[:, None, None, None]
        with torch.no_grad():
            made = self.vae.decoder((latents + noise).to(device())).cpu()
        return ((made.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)


class Pairs:
    """Never the same twice, but for the pictures by the model, where they have been made."""

    def __init__(self, seed: int) -> None:
        self.rng, self.icons, self.coder = random.Random(seed), large_icons(), Coder.bundled()
        kept = torch.load(pictures.KEPT, weights_only=True) if pictures.KEPT.exists() else {"pictures": [], "seed": 0}
        self.made: torch.Tensor = kept["pictures"]
        self.asked = pictures.asked(len(self.made), kept["seed"])

    def batch(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Small and large pictures, uint8; the first ones are by the model."""
        by_model = sum(self.rng.random() < PICTURES for _ in range(count)) if len(self.made) else 0
        rows = self.rng.sample(range(len(self.made)), by_model)
        fresh = [scene_of(self.rng) for _ in range(count - by_model)]
        large = drawings([*(self.asked[row].scene for row in rows), *fresh], self.icons)
        small = [self.made[rows]] if rows else []
        if fresh:
            small.append(self.coder.through(large[by_model:], NOISE * torch.rand(len(fresh))))
        return torch.cat(small), large
