"""Captions are true of their pictures, near misses stay in the trained combinations, and the loss shares targets."""

import random
from dataclasses import replace

import pytest
import torch

from tests.weights import drawn
from training.answer.pictures import random_truth
from training.clip.clip import contrast, new_clip, tokens
from training.clip.pairs import Said, caption_of_scene, fitting, near_miss, pairs, random_single, shown
from training.image.tokenizer import LENGTH, load
from training.world.icons import ALL_STYLES, load_icons
from training.world.scenes import single
from training.world.splits import held_out


def test_words_that_leave_the_style_open_fit_every_style_and_no_other_ground():
    fox = shown(single("fox", "3d", "blue"))
    assert replace(fox, style="").fits(fox)
    assert not replace(fox, style="flat").fits(fox)
    assert not replace(fox, ground="red").fits(fox)
    assert fox == Said((("fox", 1),), "blue", "3d")


def test_nothing_held_out_is_ever_drawn():
    rng = random.Random(3)
    for _ in range(300):
        scene = random_truth(rng)
        assert not held_out(near_miss(rng, scene, ALL_STYLES))
        assert not held_out(random_single(rng))


def test_a_whole_caption_says_things_ground_and_style():
    rng = random.Random(1)
    for _ in range(50):
        scene = single("fox", "noto", "white")
        words = caption_of_scene(rng, scene, whole=True)
        assert all(word in words for word in ("fox", "white", "Noto"))


@drawn
def test_each_picture_fits_its_own_caption():
    batch = pairs(random.Random(5), load_icons(ALL_STYLES, 128), 32)
    fits = fitting(batch)
    assert fits.shape == (32, 32)
    assert bool((fits.diagonal() == 1).all())
    assert tokens(load(), [pair.caption for pair in batch]).shape[1] <= LENGTH


def test_two_captions_that_fit_share_the_target():
    fits = torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert contrast(20 * fits, fits) == pytest.approx(2 / 3 * torch.log(torch.tensor(2.0)).item(), abs=1e-3)
    assert contrast(-20 * fits, fits) > 10


def test_the_text_tower_is_the_second_encoder_of_the_image_model():
    config = new_clip().config
    assert config.text_config.hidden_size == config.projection_dim == config.text_config.projection_dim
    assert config.vision_config.hidden_size == 192
