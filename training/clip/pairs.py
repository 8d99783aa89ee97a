"""Pictures with captions for the CLIP pair: half of them single drawings, half scenes, each beside a near miss."""

import random
from collections import Counter
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from training.answer.pictures import Picture, random_truth, scene_picture
from training.world import words
from training.world.captions import DEFAULT_GROUND
from training.world.captions import caption as caption_of_single
from training.world.icons import ALL_STYLES, IMAGE_STYLES, Icons, drawn
from training.world.scenes import GROUNDS, Scene, single
from training.world.splits import held_out


@dataclass(frozen=True)
class Said:
    """What a picture shows, or what a caption says of it: '' stands for what it leaves open."""

    things: tuple[tuple[str, int], ...]
    ground: str
    style: str

    def fits(self, shown: "Said") -> bool:
        """Whether these words are true of what is shown."""
        return self.things == shown.things and self.ground == shown.ground and self.style in ("", shown.style)


@dataclass(frozen=True)
class Pair:
    """A picture, a caption of it, and both as facts."""

    picture: Picture
    caption: str
    shown: Said
    said: Said


def shown(scene: Scene) -> Said:
    """All the captions can say of a scene."""
    things = tuple(sorted(Counter(item.concept for item in scene.objects).items()))
    return Said(things, words.ground_words(scene), scene.objects[0].style)


def random_single(rng: random.Random) -> Scene:
    """One centred drawing from the trained combinations."""
    while True:
        scene = single(rng.choice(drawn()).name, rng.choice(IMAGE_STYLES), rng.choice(list(GROUNDS)))
        if not held_out(scene):
            return scene


def near_miss(rng: random.Random, scene: Scene, styles: tuple[str, ...]) -> Scene:
    """The scene with another ground, another style, or another thing in one place; of the trained combinations.

    Beside each other in a batch they make the words for grounds and styles count as much as those for things.
    """
    while True:
        kind = rng.random()
        if kind < 0.4:
            changed = replace(scene, grounds=tuple(rng.sample(list(GROUNDS), len(scene.grounds))))
        elif kind < 0.8:
            style = rng.choice(styles)
            changed = replace(scene, objects=tuple(replace(item, style=style) for item in scene.objects))
        else:
            first, *others = scene.objects
            other = replace(first, concept=rng.choice(drawn()).name)
            changed = replace(scene, objects=(other, *others))
        if not held_out(changed):
            return changed


def caption_of_scene(rng: random.Random, scene: Scene, whole: bool = False) -> str:
    """Things, ground and style; a white ground goes unsaid in two of three, the style in one of three."""
    truth = shown(scene)
    count = Counter(item.concept for item in words.in_reading_order(scene))
    ground = "" if not whole and truth.ground == DEFAULT_GROUND and rng.random() < 0.65 else truth.ground
    style = words.STYLE_NAMES[truth.style] if whole or rng.random() < 0.65 else ""
    if len(scene.grounds) == 2:
        about = words.caption(rng, count, style=style)
        return f"{about}, {ground}"
    return words.caption(rng, count, ground=ground, style=style)


def with_words(rng: random.Random, icons: Icons, scene: Scene, centred: bool) -> Pair:
    """The scene drawn and put into words."""
    truth = shown(scene)
    if centred:
        text = caption_of_single(rng, truth.things[0][0], truth.style, truth.ground)
    else:
        text = caption_of_scene(rng, scene)
    spoken = f" {text.lower().replace(',', ' ')} "
    said = replace(truth, style=truth.style if f" {truth.style} " in spoken else "")
    return Pair(scene_picture(rng, icons, scene), text, truth, said)


def pairs(rng: random.Random, icons: Icons, count: int) -> list[Pair]:
    """A batch; ``count`` is rounded down to a multiple of four."""
    made = []
    for _ in range(count // 4):
        scene = random_single(rng)
        made += [with_words(rng, icons, one, True) for one in (scene, near_miss(rng, scene, IMAGE_STYLES))]
        scene = random_truth(rng)
        made += [with_words(rng, icons, one, False) for one in (scene, near_miss(rng, scene, ALL_STYLES))]
    return made


def fitting(batch: list[Pair]) -> Tensor:
    """Which caption (column) is true of which picture (row): (batch, batch) of 0 and 1."""
    return torch.tensor([[float(other.said.fits(one.shown)) for other in batch] for one in batch])
