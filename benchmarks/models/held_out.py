"""What the image model was never shown: drawings on grounds, pairs of things, scenes; and the words for them."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from training.world.captions import plain
from training.world.icons import IMAGE_STYLES, drawn, load_icons
from training.world.scenes import GROUNDS, Scene, draw, random_scene, single
from training.world.splits import held_out

Row = tuple[str, str, str]  # concept, style, ground


def held_rows() -> list[Row]:
    """Of every concept one held-out drawing in each style, where there is one; the styles in turn."""
    rows = []
    for at, concept in enumerate(drawn()):
        for style in IMAGE_STYLES if at % 2 else IMAGE_STYLES[::-1]:
            grounds = [ground for ground in GROUNDS if held_out(single(concept.name, style, ground))]
            rows += [(concept.name, style, grounds[at % len(grounds)])] if grounds else []
    return rows


def one_each(rows: list[Row]) -> list[Row]:
    """The first row of every concept."""
    return list({row[0]: row for row in reversed(rows)}.values())[::-1]


def spread(rows: list[Row], count: int) -> list[Row]:
    """``count`` of the rows at even distances, or all if there are fewer."""
    return [rows[at * len(rows) // count] for at in range(count)] if count < len(rows) else rows


def prompt(row: Row) -> str:
    """The plainest full wording: ``a fox on a blue background, flat style``."""
    return plain(*row)


def true_pictures(rows: list[Row], size: int = 64) -> NDArray[np.uint8]:
    """The real drawings (n, size, size, 3)."""
    icons = load_icons(IMAGE_STYLES, 2 * size)
    return np.stack([draw(single(*row), icons, size) for row in rows])


def held_scenes(count: int, styles: tuple[str, ...] = IMAGE_STYLES, seed: int = 0) -> list[Scene]:
    """Scenes of one to four icons with a held-out combination in each."""
    rng, scenes = random.Random(seed), list[Scene]()
    while len(scenes) < count:
        scene = random_scene(rng, styles=styles)
        scenes += [scene] if held_out(scene) else []
    return scenes


def scene_pictures(scenes: list[Scene], styles: tuple[str, ...] = IMAGE_STYLES, size: int = 64) -> NDArray[np.uint8]:
    """The scenes drawn: (n, size, size, 3)."""
    icons = load_icons(styles, 2 * size)
    return np.stack([draw(scene, icons, size) for scene in scenes])
