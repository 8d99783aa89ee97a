"""Every picture the image model can draw: each concept in each style on each ground, as one array."""

from dataclasses import dataclass

import numpy as np
import torch

from training.world.icons import IMAGE_STYLES, drawn, load_icons
from training.world.scenes import GROUNDS, draw, single
from training.world.splits import held_out


@dataclass(frozen=True)
class Singles:
    """Pictures (n, 3, size, size) as uint8, with what each shows; ``trained`` is False where held out."""

    pixels: torch.Tensor
    concept: tuple[str, ...]
    style: tuple[str, ...]
    ground: tuple[str, ...]
    trained: torch.Tensor


def singles(size: int) -> Singles:
    """All of them, at ``size`` pixels a side: about 30 MB at 64."""
    icons = load_icons(IMAGE_STYLES, 128 if size <= 64 else 2 * size)
    rows = [(c.name, style, ground) for c in drawn() for style in IMAGE_STYLES for ground in GROUNDS]
    pixels = np.stack([draw(single(*row), icons, size) for row in rows])
    trained = torch.tensor([not held_out(single(*row)) for row in rows])
    names, styles, grounds = zip(*rows, strict=True)
    return Singles(torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), names, styles, grounds, trained)


def as_input(pixels: torch.Tensor, device: torch.device) -> torch.Tensor:
    """uint8 0..255 -> float -1..1."""
    return pixels.to(device).float() / 127.5 - 1
