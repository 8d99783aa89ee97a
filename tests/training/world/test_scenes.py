import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.world.scenes import GROUNDS, draw, random_scene, single
from training.world.splits import held_out


def square(colour):
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[:] = (*colour, 255)
    return pixels


ICONS = {("fox", "flat"): square((1, 2, 3)), ("dog", "flat"): square((4, 5, 6))}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_boxes_lie_inside_the_picture_and_do_not_overlap(seed, count):
    scene = random_scene(random.Random(seed), count)
    assert len(scene.objects) == count
    for at, item in enumerate(scene.objects):
        left, top, right, bottom = item.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        for other in scene.objects[at + 1 :]:
            x, y, far_x, far_y = other.box
            assert right <= x or far_x <= left or bottom <= y or far_y <= top


@pytest.mark.parametrize("seed", range(8))
def test_the_picture_shows_each_thing_in_its_box_and_the_ground_elsewhere(seed):
    scene = random_scene(random.Random(seed), styles=("flat",), names=("fox", "dog"))
    picture = draw(scene, ICONS, 64)
    for item in scene.objects:
        x, y = (int(part * 64) for part in item.centre)
        assert tuple(picture[y, x]) == ((1, 2, 3) if item.concept == "fox" else (4, 5, 6))
    assert tuple(picture[0, 0]) in {GROUNDS[scene.grounds[0]], (1, 2, 3), (4, 5, 6)}


def test_a_single_is_centred_on_its_ground():
    picture = draw(single("fox", "flat", "blue"), ICONS, 64)
    assert tuple(picture[32, 32]) == (1, 2, 3)
    assert tuple(picture[1, 1]) == GROUNDS["blue"]
    assert np.array_equal(picture, picture[:, ::-1])


def test_about_a_tenth_of_the_drawings_is_held_out_always_the_same_ones():
    kept = [held_out(single(name, style, ground)) for name in ("fox", "dog", "cat", "bus", "sun", "key", "pig")
            for style in ("flat", "3d") for ground in GROUNDS]  # fmt: skip
    assert 0.03 < sum(kept) / len(kept) < 0.2
    assert held_out(single("fox", "flat", "white")) == held_out(single("fox", "flat", "white"))
