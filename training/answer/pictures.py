"""Pictures for the answer model: scenes, the shapes of easy-VQA, and pictures of nothing; with wear and tear."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from training.world.icons import ALL_STYLES, Icons, Pixels, concepts
from training.world.scenes import GROUNDS, Scene, SceneObject, draw, random_scene
from training.world.splits import held_out

SIZE = 64


@dataclass(frozen=True)
class Shape:
    """The truth of an easy-VQA picture; ``box`` is left, top, right, bottom in 0..1."""

    kind: str
    colour: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """Pixels (64, 64, 3) uint8 and what they show: a scene, a shape, or neither.

    ``asked`` has the questions and answers of easy-VQA itself.
    """

    pixels: Pixels
    scene: Scene | None = None
    shape: Shape | None = None
    asked: tuple[tuple[str, str], ...] = ()


def random_truth(rng: random.Random, held: bool = False, styles: Sequence[str] = ALL_STYLES) -> Scene:
    """A scene from the trained combinations, or one with a held-out combination in it.

    Two scenes in five show one thing; half of the others show one or two kinds of thing several times, for counting.
    """
    names = tuple(concept.name for concept in concepts())
    while True:
        style = (rng.choice(styles),)
        kind = rng.random()
        if kind < 0.4:
            scene = _one(rng, rng.choice(names), style[0])
        elif kind < 0.7:
            scene = random_scene(rng, rng.randint(2, 4), style, tuple(rng.sample(names, rng.choice((1, 2)))), 0.15)
        else:
            scene = random_scene(rng, rng.randint(2, 4), style, names, 0.15)
        if held_out(scene) == held:
            return scene


def _one(rng: random.Random, name: str, style: str) -> Scene:
    """One thing, mostly large as the image model draws it, sometimes small and anywhere."""
    side = rng.uniform(0.72, 0.98) if rng.random() < 0.7 else rng.uniform(0.4, 0.72)
    x, y = rng.uniform(0, 1 - side), rng.uniform(0, 1 - side)
    item = (SceneObject(name, style, (x, y, x + side, y + side)),)
    if rng.random() < 0.12:
        return Scene(item, tuple(rng.sample(list(GROUNDS), 2)), rng.choice(("side by side", "stacked")))
    return Scene(item, (rng.choice(list(GROUNDS)),))


def scene_picture(rng: random.Random, icons: Icons, scene: Scene, worn: bool = True) -> Picture:
    """The scene drawn, with wear and tear if wanted."""
    pixels = draw(scene, icons, SIZE)
    return Picture(wear(rng, pixels) if worn else pixels, scene=scene)


def nothing(rng: random.Random) -> Picture:
    """A picture that shows none of the vocabulary: noise, a smooth texture, stripes or a gradient."""
    noise = np.random.default_rng(rng.getrandbits(32))
    kind = rng.randrange(4)
    if kind == 0:
        pixels = noise.integers(0, 256, (SIZE, SIZE, 3)).astype(np.float32)
    elif kind == 1:
        small = Image.fromarray(noise.integers(0, 256, (rng.randint(3, 12),) * 2 + (3,), dtype=np.uint8))
        pixels = np.asarray(small.resize((SIZE, SIZE), Image.Resampling.BICUBIC)).astype(np.float32)
    else:
        along = np.linspace(0, 1, SIZE)[:, None, None]
        if kind == 2:
            along = (np.sin(along * rng.uniform(20, 120)) > 0).astype(float)
        a, b = noise.integers(0, 256, (2, 1, 1, 3))
        pixels = np.broadcast_to(a * along + b * (1 - along), (SIZE, SIZE, 3)).astype(np.float32)
        if rng.random() < 0.5:
            pixels = pixels.transpose(1, 0, 2)
    return Picture((pixels + noise.normal(0, rng.uniform(0, 20), pixels.shape)).clip(0, 255).astype(np.uint8))


def wear(rng: random.Random, pixels: Pixels) -> Pixels:
    """What pictures suffer on their way: resizing, blur, JPEG, noise, a slight change of light. Shape is kept."""
    if rng.random() < 0.25:
        return pixels
    image = Image.fromarray(pixels)
    if rng.random() < 0.2:
        side = rng.randint(40, 160)
        image = image.resize((side, side), Image.Resampling.BICUBIC).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    if rng.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    if rng.random() < 0.2:
        kept = io.BytesIO()
        image.save(kept, "JPEG", quality=rng.randint(35, 92))
        image = Image.open(kept)
    light = np.asarray(image).astype(np.float64)
    noise = np.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.5:
        light = (light - 128) * rng.uniform(0.88, 1.1) + 128 + noise.uniform(-10, 10, 3)
    if rng.random() < 0.3:
        light = light + noise.normal(0, rng.uniform(1, 8), light.shape)
    return light.clip(0, 255).astype(np.uint8)
