"""A picture in tiles is the picture as a whole."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import RunCancelledError
from pipelines.upscale.tiles import enlarged
from training.upscaler.network import Upscaler

_SEES = 4  # pixels around a point: four layers of 3 x 3


def network(scale: int) -> Upscaler:
    torch.manual_seed(scale)
    made = Upscaler(features=6, layers=2, scale=scale)
    torch.nn.init.normal_(made.body[-1].weight, std=0.2)
    return made.eval().requires_grad_(False)


def picture(height: int, width: int, seed: int) -> torch.Tensor:
    return torch.randint(0, 256, (3, height, width), generator=torch.Generator().manual_seed(seed)).to(torch.uint8)


def in_tiles(pixels: torch.Tensor, scale: int, tile: int, overlap: int) -> torch.Tensor:
    with torch.inference_mode():
        return enlarged(pixels, network(scale), scale, between=lambda: None, tile=tile, overlap=overlap)


@settings(max_examples=40, deadline=None)
@given(
    size=some.tuples(some.integers(1, 40), some.integers(1, 40)),
    tile=some.integers(1, 24),
    overlap=some.integers(_SEES, 12),
    scale=some.sampled_from([2, 4]),
    seed=some.integers(0, 9),
)
def test_tiles_equal_the_whole_everywhere(
    size: tuple[int, int], tile: int, overlap: int, scale: int, seed: int
) -> None:
    height, width = size
    pixels = picture(height, width, seed)
    whole = in_tiles(pixels, scale, max(size), 0)
    tiled = in_tiles(pixels, scale, tile, overlap)
    assert tiled.shape == (3, scale * height, scale * width)
    assert (tiled.int() - whole.int()).abs().max() <= 1


def test_without_overlap_the_seams_show() -> None:
    pixels = picture(32, 32, 0)
    whole, tiled = in_tiles(pixels, 4, 32, 0), in_tiles(pixels, 4, 16, 0)
    assert (tiled.int() - whole.int()).abs().max() > 1


def test_no_piece_is_larger_than_a_tile_and_what_it_sees() -> None:
    seen: list[tuple[int, ...]] = []

    def watched(pixels: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(pixels.shape[2:]))
        return pixels.repeat_interleave(2, 2).repeat_interleave(2, 3)

    pixels = picture(70, 50, 1)
    made = enlarged(pixels, watched, 2, between=lambda: None, tile=16, overlap=8)
    assert max(max(shape) for shape in seen) <= 16 + 2 * 8
    assert torch.equal(made, pixels.repeat_interleave(2, 1).repeat_interleave(2, 2))


def test_it_stops_between_two_tiles() -> None:
    left = 3

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise RunCancelledError

    with pytest.raises(RunCancelledError):
        enlarged(picture(64, 64, 0), network(2), 2, between=count, tile=16)
