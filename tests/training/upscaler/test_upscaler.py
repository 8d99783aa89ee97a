import random
from argparse import Namespace
from functools import partial

import pytest
import torch
from torch.nn import functional

from tests.weights import drawn
from training import progress
from training.upscaler import pairs, pictures, upscaler
from training.world.splits import held_out


class Bars:
    """Bars that run into each other: pairs of 8 and 32 pixels that need no drawings."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def batch(self, count):
        small = torch.randint(0, 256, (count, 3, 1, 8)).repeat(1, 1, 8, 1)
        large = functional.interpolate(small.float(), scale_factor=4, mode="bilinear")
        return small.to(torch.uint8), large.round().to(torch.uint8)


def test_a_stage_that_was_interrupted_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "CACHE", tmp_path)
    for module in (progress, upscaler):
        monkeypatch.setattr(module, "load", partial(progress.load, folder=tmp_path))
    started = []

    def source(step):
        started.append(step)
        return Bars(step)

    asked = Namespace(minutes=0.02, threads=1, batch=2, resume=True)
    upscaler.train(asked, source)
    first = torch.load(tmp_path / "upscaler.pt", weights_only=True)
    asked.minutes = 0.04
    upscaler.train(asked, source)
    again = torch.load(tmp_path / "upscaler.pt", weights_only=True)
    assert started == [0, first["step"]]
    assert again["step"] > first["step"] > 0
    assert again["seconds"] >= 0.04 * 60
    assert upscaler.trained_upscaler().body[-1].weight.abs().max() > 0  # it learned something


@pytest.mark.parametrize("held", [False, True])
def test_what_is_asked_for_is_trained_or_held_out_and_the_same_each_time(held):
    asked = pictures.asked(40, 1, held)
    assert asked == pictures.asked(40, 1, held)
    assert {held_out(one.scene) for one in asked} == {held}
    assert {len(one.scene.objects) for one in asked} == {1, 2}
    assert all(one.words for one in asked)


@drawn
@pytest.mark.slow
def test_a_small_picture_is_the_large_one_through_the_coder():
    icons = pairs.large_icons()
    rng = random.Random(0)
    scenes = [pairs.scene_of(rng) for _ in range(3)]
    assert not any(held_out(scene) for scene in scenes)
    large = pairs.drawings(scenes, icons)
    small = pairs.Coder.bundled().through(large, torch.zeros(3))
    assert (small.shape, large.shape) == ((3, 3, 64, 64), (3, 3, 256, 256))
    plain = upscaler.bicubic(pairs.unit(small))
    assert (plain - pairs.unit(large)).abs().mean() < 0.05
