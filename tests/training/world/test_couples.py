import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.image.tokenizer import LENGTH
from training.world import packages
from training.world.couples import Couple, caption, pictures, random_couple, trained_couples
from training.world.splits import held_out

cached = pytest.mark.skipif(
    not (packages.CACHE / "icons-flat-128.npz").exists(), reason="the icon packages are downloaded only for training"
)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_couple_is_two_things_and_trained_or_held_out_as_asked(seed: int, held: bool):
    couple = random_couple(random.Random(seed), held)
    assert couple.first != couple.second
    assert held_out(couple.scene) == held


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_caption_says_both_things_in_the_order_that_is_true(seed: int):
    rng = random.Random(seed)
    couple = random_couple(rng)
    words = f" {caption(rng, couple)} "
    assert len(words.split()) < LENGTH - 2
    turned = any(relation in words for relation in (" to the right of ", " right of ", " below ", " under "))
    first, second = (couple.second, couple.first) if turned else (couple.first, couple.second)
    assert words.index(first) < words.rindex(second)
    if couple.ground != "white":
        assert couple.ground in words


def test_the_list_is_the_same_at_every_call():
    assert trained_couples(50) == trained_couples(50)


@cached
def test_each_thing_fills_its_half():
    couple = Couple("fox", "apple", "beside", "flat", "blue")
    above = Couple("fox", "apple", "above", "flat", "blue")
    both = pictures([couple, above], 64)
    assert both.dtype == torch.uint8
    assert both.shape == (2, 3, 64, 64)
    ground = both[0, :, 0, 0]
    drawn = (both != ground[None, :, None, None]).any(1).numpy()
    assert drawn[0, :, :32].any()
    assert drawn[0, :, 32:].any()
    assert not drawn[0, :12].any()
    assert drawn[1, :32].any()
    assert drawn[1, 32:].any()
    assert not drawn[1, :, :12].any()
