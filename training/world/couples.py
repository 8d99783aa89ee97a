"""Two things in one picture, side by side or one above the other: so that "a cat and a dog" is no mixture of both."""

import random
from dataclasses import dataclass

import numpy as np
import torch

from training.world.captions import DEFAULT_GROUND, GROUND_WORDS, article
from training.world.icons import IMAGE_STYLES, drawn, load_icons
from training.world.scenes import GROUNDS, Scene, SceneObject, draw
from training.world.splits import held_out

COUNT = 6000
BOXES = {
    "beside": ((0.02, 0.26, 0.5, 0.74), (0.5, 0.26, 0.98, 0.74)),
    "above": ((0.26, 0.02, 0.74, 0.5), (0.26, 0.5, 0.74, 0.98)),
}
RELATIONS = {"beside": ("to the left of", "left of", "beside", "next to"), "above": ("above", "over")}
REVERSED = {"beside": ("to the right of", "right of"), "above": ("below", "under")}


@dataclass(frozen=True)
class Couple:
    """``first`` is left of (``beside``) or ``above`` the second; both in one style on one ground."""

    first: str
    second: str
    layout: str
    style: str
    ground: str

    @property
    def scene(self) -> Scene:
        """Both drawings, each in its half."""
        boxes = BOXES[self.layout]
        things = zip((self.first, self.second), boxes, strict=True)
        return Scene(tuple(SceneObject(name, self.style, box) for name, box in things), (self.ground,))


def random_couple(rng: random.Random, held: bool = False) -> Couple:
    """Two different things, of combinations that are trained, or ``held`` out."""
    names = [concept.name for concept in drawn()]
    while True:
        layout = "beside" if rng.random() < 0.7 else "above"
        first, second = rng.sample(names, 2)
        couple = Couple(first, second, layout, rng.choice(IMAGE_STYLES), rng.choice(list(GROUNDS)))
        if held_out(couple.scene) == held:
            return couple


def caption(rng: random.Random, couple: Couple) -> str:
    """One wording; a plain "and" means side by side, left to right."""
    a, b = article(couple.first), article(couple.second)
    kind = rng.random()
    if couple.layout == "beside" and kind < 0.5:
        words = f"{a} and {b}"
    elif kind < 0.8:
        words = f"{a} {rng.choice(RELATIONS[couple.layout])} {b}"
    else:
        words = f"{b} {rng.choice(REVERSED[couple.layout])} {a}"
    if couple.ground != DEFAULT_GROUND or rng.random() < 0.35:
        words += " " + rng.choice(GROUND_WORDS[:1] * 3 + GROUND_WORDS).format(couple.ground).replace(" a o", " an o")
    if rng.random() < 0.65:
        words += rng.choice((", {} style", ", {} style", " in {} style", ", {}")).format(couple.style)
    return words


def pictures(couples: list[Couple], size: int) -> torch.Tensor:
    """uint8 (n, 3, size, size)."""
    icons = load_icons(IMAGE_STYLES, 2 * size)
    drawings = np.stack([draw(couple.scene, icons, size) for couple in couples])
    return torch.from_numpy(drawings).permute(0, 3, 1, 2)


def trained_couples(count: int = COUNT) -> list[Couple]:
    """The same list at every call: the latents are kept in its order."""
    rng = random.Random(11)
    return [random_couple(rng) for _ in range(count)]
