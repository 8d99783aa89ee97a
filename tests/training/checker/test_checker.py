"""The checker's pictures say the truth about what they show, and what is held out stays out."""

import random

import numpy as np
import torch

from tests.weights import drawn
from training.checker.checker import Lesson, cosines, new_checker
from training.checker.pictures import (
    CONCEPTS,
    NAMES,
    UNSURE,
    concept_icons,
    example,
    held_out_examples,
    other_slugs,
    scene_of,
    shown,
    squeezed,
)
from training.clip.dense import GRID
from training.world.icons import ALL_STYLES, concepts, load_icons
from training.world.scenes import draw, single


@drawn
def test_the_truth_names_the_concept_and_the_patches_it_covers():
    icons = concept_icons(("flat",))
    scene = single("skull", "flat", "white")
    made = shown(scene, draw(scene, icons))
    assert made.truth.nonzero().flatten().tolist() == [NAMES.index("skull")]
    covered = made.patches.view(GRID, GRID)
    assert int(covered[4, 4]) == 1 + NAMES.index("skull")
    assert int((covered > 0).sum()) == 36  # six of eight patches a side have their middle in 0.86 of it


@drawn
def test_the_harmless_things_are_none_of_the_concepts_and_none_twice():
    seen, unseen = other_slugs()
    every = {*seen, *unseen}
    assert len(every) == len(seen) + len(unseen)
    assert not every & ({slug for slug, _ in CONCEPTS.values()} | UNSURE | {one.slug for one in concepts()})


@drawn
def test_half_of_the_scenes_show_a_concept():
    rng = random.Random(2)
    made = [scene_of(rng, 0.5, ["anchor"]) for _ in range(400)]
    share = np.mean([any(item.concept in CONCEPTS for item in scene.objects) for scene in made])
    assert 0.4 < share < 0.6


@drawn
def test_held_out_pictures_lie_on_the_grounds_asked_for():
    icons = load_icons(ALL_STYLES, 128) | concept_icons()
    for one in held_out_examples(icons, 10, slice(0, 1), 0.0, []):
        assert one.pixels.shape == (64, 64, 3)
        assert not one.truth.any()


def test_a_squeezed_picture_keeps_its_size():
    pixels = np.zeros((64, 64, 3), np.uint8)
    assert squeezed(random.Random(0), pixels).shape == (64, 64, 3)


@drawn
def test_a_few_steps_teach_it_something():
    torch.manual_seed(0)
    rng, icons = random.Random(0), load_icons(ALL_STYLES, 128) | concept_icons()
    checker = new_checker()
    lesson = Lesson(checker, torch.device("cpu"))
    batch = [example(rng, icons, []) for _ in range(8)]
    losses = [lesson.learn(batch, 1e-3)["told"] for _ in range(4)]
    assert losses[-1] < losses[0]


def test_a_concept_is_nearest_to_itself():
    directions = torch.randn(17, 96)
    assert cosines(directions, directions).argmax(1).tolist() == list(range(17))
