"""Pictures through a real network of two layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import EngineFailedError
from pipelines.machine.weights import digest
from pipelines.upscale.upscaler import Upscaler
from tests.pipelines.tiny_models import save_upscaler

CPU = torch.device("cpu")


def image(width: int = 12, height: int = 8) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def nothing() -> None:
    pass


@pytest.mark.parametrize(("scale", "factor"), [(4, 1), (4, 4), (4, 16), (2, 4), (2, 16), (2, 2)])
def test_a_factor_takes_as_many_passes_as_it_needs(tmp_path: Path, scale: int, factor: int) -> None:
    upscaler = Upscaler(str(save_upscaler(tmp_path / "tiny.pth", scale)), CPU)
    assert upscaler.enlarge(image(), factor, nothing).size == (12 * factor, 8 * factor)


def test_the_same_picture_gives_the_same_and_the_network_has_a_say(upscaler_file: Path) -> None:
    upscaler = Upscaler(str(upscaler_file), CPU)
    first, again = (np.asarray(upscaler.enlarge(image(), 4, nothing)) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, np.asarray(image().resize((48, 32), Image.Resampling.NEAREST)))


def test_weights_are_named_by_their_hash(upscaler_file: Path) -> None:
    upscaler = Upscaler(str(upscaler_file), CPU)
    assert upscaler.fingerprint == upscaler.environment["upscaler"] == digest(upscaler_file)
    assert upscaler.environment["spandrel"]


def test_a_factor_that_is_no_power_of_the_scale_is_refused(upscaler_file: Path) -> None:
    with pytest.raises(EngineFailedError, match="enlarge 4 times, which never makes 2 times"):
        Upscaler(str(upscaler_file), CPU).enlarge(image(), 2, nothing)


def test_too_large_a_result_is_refused_before_anything_is_computed(upscaler_file: Path) -> None:
    def never() -> None:
        raise AssertionError

    with pytest.raises(EngineFailedError, match="at most 16,777,216 pixels"):
        Upscaler(str(upscaler_file), CPU).enlarge(Image.new("RGB", (512, 512)), 16, never)
