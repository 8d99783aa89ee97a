"""Two things in the right places: each half of the picture is read by the judge on its own.

The judge knows single things alone, so a half is made into such a picture: what differs from the ground is cut out and
brought to the size the judge was trained on. How well that reads real drawings of two things is a figure too: it is the
most a generator can reach.
"""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.models.figure import Figure, share
from benchmarks.models.held_out import scene_pictures
from benchmarks.models.image_maker import Maker, Setting
from benchmarks.models.looking import SIDE, guesses
from training.image.judge import NAMES
from training.world.captions import article
from training.world.couples import BOXES, RELATIONS, Couple
from training.world.icons import drawn
from training.world.scenes import GROUNDS, Scene
from training.world.splits import held_out

DIFFERENT = 60  # summed over the three colours, from which a pixel is no ground
FILLS = (0.7, 0.78, 0.86)  # drawings have margins of their own, so a thing is shown to the judge in three sizes
FEWEST = 12  # such pixels make a thing


def pairs(count: int, seed: int = 0) -> list[Couple]:
    """Two things that were kept apart in training, beside and above each other in turn."""
    rng, names, kept = random.Random(seed), [concept.name for concept in drawn()], list[Couple]()
    while len(kept) < count:
        first, second = rng.sample(names, 2)
        couple = Couple(first, second, list(BOXES)[len(kept) % len(BOXES)], "flat", rng.choice(list(GROUNDS)))
        if held_out(Scene(couple.scene.objects, ())):  # the pair itself, whatever the ground
            kept.append(couple)
    return kept


def prompt(couple: Couple) -> str:
    """``a fox to the left of an apple on a blue background``."""
    first, second = article(couple.first), article(couple.second)
    return f"{first} {RELATIONS[couple.layout][0]} {second} on {article(couple.ground)} background"


def read(pictures: NDArray[np.uint8], asked: list[Couple]) -> list[int]:
    """How many of the two things of each picture are where they should be."""
    seen = [named(half) for picture, pair in zip(pictures, asked, strict=True) for half in halves(picture, pair.layout)]
    wanted = [name for pair in asked for name in (pair.first, pair.second)]
    right = [one == name for one, name in zip(seen, wanted, strict=True)]
    return [first + second for first, second in zip(right[::2], right[1::2], strict=True)]


def named(half: NDArray[np.uint8]) -> str:
    """What the judge sees in half a picture; '' if there is nothing but ground."""
    cuts = [cut for fill in FILLS if (cut := cut_out(half, fill)) is not None]
    return NAMES[int(guesses(np.stack(cuts))[0].softmax(1).mean(0).argmax())] if cuts else ""


def halves(picture: NDArray[np.uint8], layout: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Left and right, or top and bottom."""
    middle = picture.shape[0] // 2
    if layout == "above":
        return picture[:middle], picture[middle:]
    return picture[:, : picture.shape[1] // 2], picture[:, picture.shape[1] // 2 :]


def cut_out(half: NDArray[np.uint8], fill: float) -> NDArray[np.uint8] | None:
    """What differs from the ground, centred, with ``fill`` of a picture as its side; None if nothing does."""
    rim = np.concatenate([half[0], half[-1], half[:, 0], half[:, -1]])
    ground = np.median(rim, axis=0)
    rows, columns = np.nonzero(np.abs(half - ground).sum(-1) > DIFFERENT)
    if len(rows) < FEWEST:
        return None
    (top, bottom), (left, right) = (np.percentile(at, (1, 99)) for at in (rows, columns))
    side = max(bottom - top, right - left, 4) / fill
    margin = int(side) + 1
    wide = np.empty((half.shape[0] + 2 * margin, half.shape[1] + 2 * margin, 3), np.uint8)
    wide[:] = ground
    wide[margin:-margin, margin:-margin] = half
    x, y = (left + right + 1) / 2 + margin - side / 2, (top + bottom + 1) / 2 + margin - side / 2
    image = Image.fromarray(wide).resize((SIDE, SIDE), Image.Resampling.BICUBIC, (x, y, x + side, y + side))
    return np.asarray(image)


def figures(maker: Maker, setting: Setting, count: int) -> list[Figure]:
    """Pictures of pairs, and the reader on real drawings of the same pairs."""
    asked = pairs(count)
    made = read(maker.make([prompt(pair) for pair in asked], setting), asked)
    real = read(scene_pictures([pair.scene for pair in asked]), asked)
    return [
        share("two things in the right places (judge, each half)", [many == 2 for many in made]),
        share("of two things at least one in its place", [many > 0 for many in made]),
        share("the same reader on real drawings of the two", [many == 2 for many in real]),
    ]
