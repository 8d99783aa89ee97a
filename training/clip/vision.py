"""The vision tower of the CLIP pair, the answer model and the picture checker, and what it is shown.

It is trained by ``training.clip.clip``, and goes on learning with the others.
"""

import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModel

from training.answer.pictures import SIZE, Picture, nothing, random_truth, scene_picture, wear
from training.world.icons import Icons
from training.world.shapes import shape_pictures

MEAN = (0.48145466, 0.4578275, 0.40821073)  # of CLIP's own image processor
SPREAD = (0.26862954, 0.26130258, 0.27577711)


def tower() -> CLIPVisionModel:
    """An untrained tower: 64 pixels in 8 x 8 patches, 1.9 M parameters."""
    return CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=192, intermediate_size=576, num_hidden_layers=5, num_attention_heads=6,
            image_size=SIZE, patch_size=8, hidden_act="gelu", projection_dim=128,
        )
    )  # fmt: skip


def random_picture(rng: random.Random, icons: Icons) -> Picture:
    """A training picture: mostly scenes, some easy-VQA shapes, few of nothing."""
    kind = rng.random()
    if kind < 0.03:
        return nothing(rng)
    if kind < 0.13:
        picture = rng.choice(shape_pictures("train"))
        return replace(picture, pixels=wear(rng, picture.pixels))
    return scene_picture(rng, icons, random_truth(rng))


def as_input(pictures: list[Picture], device: str) -> Tensor:
    """Pixels as the tower takes them: (batch, 3, 64, 64), CLIP's mean and spread."""
    pixels = torch.from_numpy(np.stack([picture.pixels for picture in pictures])).to(device).float() / 255
    return ((pixels - pixels.new_tensor(MEAN)) / pixels.new_tensor(SPREAD)).permute(0, 3, 1, 2)


def rate(step: int, elapsed: float, highest: float, warm: int = 150) -> float:
    """Learning rate: a short warm-up by steps, then a cosine over the time given (``elapsed`` in 0..1)."""
    return highest * min(1.0, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(elapsed, 1.0))))


def save(path: Path, **parts: object) -> None:
    """A checkpoint, swapped in whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(parts, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)
