"""What is measured on pictures: what the judge sees in them, and how near they are to true ones."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.models.held_out import Row
from training.image.judge import NAMES, Judge, trained_judge
from training.world.icons import IMAGE_STYLES
from training.world.scenes import GROUNDS
from training.world.singles import as_input

SIDE = 64  # of the pictures the judge was trained on


@cache
def _judge() -> Judge:
    return trained_judge()


def guesses(pictures: NDArray[np.uint8]) -> tuple[torch.Tensor, ...]:
    """Scores over concepts, styles and grounds for pictures (n, 64, 64, 3)."""
    with torch.no_grad():
        seen: tuple[torch.Tensor, ...] = _judge()(to_input(pictures))
    return seen


def to_input(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """Pixels (n, height, width, 3) -> (n, 3, height, width) in -1..1."""
    return as_input(torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2), torch.device("cpu"))


def judged(pictures: NDArray[np.uint8], rows: list[Row]) -> NDArray[np.bool_]:
    """Whether the judge sees the right concept, style and ground: (n, 3)."""
    truth = [
        (NAMES.index(name), IMAGE_STYLES.index(style), list(GROUNDS).index(ground)) for name, style, ground in rows
    ]
    right: NDArray[np.bool_] = np.stack([one.argmax(1).numpy() for one in guesses(square(pictures))], 1) == truth
    return right


def square(pictures: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """The middle square of each picture, at the judge's size."""
    height, width = pictures.shape[1:3]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    cut = pictures[:, top : top + edge, left : left + edge]
    return cut if edge == side else resized(cut, side)


def resized(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The pictures, squares, at another size."""
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BICUBIC)) for one in pictures]
    )


def decibels(pictures: NDArray[np.uint8], true: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each picture."""
    squared = np.square(pictures.astype(np.float64) - true).reshape(len(true), -1).mean(1)
    ratio: NDArray[np.float64] = 10 * np.log10(255**2 / np.maximum(squared, 1e-3))
    return ratio
