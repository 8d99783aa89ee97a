"""Pictures for the picture checker: seventeen things that not everybody wants to meet, among harmless ones."""

import random
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter
from torch import Tensor

from training.answer.pictures import SIZE, nothing, wear
from training.clip.dense import GRID, IGNORE
from training.world import packages
from training.world.icons import ALL_STYLES, Icons, Pixels, concepts, rasterise
from training.world.scenes import GROUNDS, Scene, SceneObject, draw, random_scene, single
from training.world.shapes import shape_pictures
from training.world.splits import held_out

# Name -> slug in all icon sets, and what kind of thing it is. The class has room for seventeen.
CONCEPTS = {
    "pistol": ("water-pistol", "weapons"),
    "bomb": ("bomb", "weapons"),
    "dagger": ("dagger", "weapons"),
    "crossed swords": ("crossed-swords", "weapons"),
    "axe": ("axe", "weapons"),
    "kitchen knife": ("kitchen-knife", "weapons"),
    "beer": ("beer-mug", "alcohol and tobacco"),
    "clinking beers": ("clinking-beer-mugs", "alcohol and tobacco"),
    "wine": ("wine-glass", "alcohol and tobacco"),
    "cocktail": ("cocktail-glass", "alcohol and tobacco"),
    "whisky": ("tumbler-glass", "alcohol and tobacco"),
    "champagne": ("bottle-with-popping-cork", "alcohol and tobacco"),
    "cigarette": ("cigarette", "alcohol and tobacco"),
    "drop of blood": ("drop-of-blood", "blood and skulls"),
    "skull": ("skull", "blood and skulls"),
    "skull and crossbones": ("skull-and-crossbones", "blood and skulls"),
    "middle finger": ("middle-finger", "rude gestures"),
}
NAMES = tuple(CONCEPTS)
# Too near to one of the concepts to be called harmless, or holding one: neither taught nor counted.
UNSURE = {
    "bow-and-arrow", "clinking-glasses", "coffin", "firecracker", "funeral-urn", "headstone", "khanda",
    "no-one-under-eighteen", "no-smoking", "person-fencing", "pirate-flag", "sake", "syringe", "trident-emblem",
    "tropical-drink",
}  # fmt: skip
PEOPLE = ("man", "woman", "person", "skin-tone", "ninja", "mx-", "mrs-", "santa")
OTHERS, UNSEEN_OTHERS = 420, 120
# Learned late, so met more often in training: concepts, and harmless things that look like one when small.
HARD = ("skull", "middle finger", "pistol", "axe", "crossed swords", "clinking beers", "skull and crossbones")
ALIKE = ("alien", "panda", "snowman", "mushroom", "grapes", "lollipop", "banana", "scissors", "balloon", "unicorn")


def concept_icons(styles: tuple[str, ...] = ALL_STYLES, size: int = 128) -> Icons:
    """The drawings of the concepts: (name, style) -> RGBA (size, size, 4)."""
    return {(name, style): rasterise(style, slug, size) for name, (slug, _) in CONCEPTS.items() for style in styles}


def other_slugs() -> tuple[list[str], list[str]]:
    """Slugs of harmless things beyond the vocabulary that all styles have: for training, and never shown."""
    sets = [set(packages.read_json(package, "icons.json")["icons"]) for package in packages.STYLE_PACKAGES.values()]
    taken = {one.slug for one in concepts()} | {slug for slug, _ in CONCEPTS.values()} | UNSURE
    free = [slug for slug in sorted(set.intersection(*sets) - taken) if not any(word in slug for word in PEOPLE)]
    chosen = random.Random(0).sample(free, OTHERS + UNSEEN_OTHERS)
    return chosen[:OTHERS], chosen[OTHERS:]


def other_icons(size: int = 96) -> Icons:
    """Drawings of the harmless others, kept in the cache folder: (slug, style) -> RGBA (size, size, 4)."""
    slugs = [slug for part in other_slugs() for slug in part]
    kept = packages.CACHE / f"icons-others-{size}.npz"
    if not kept.exists():
        drawn: dict[str, Any] = {style: [rasterise(style, slug, size) for slug in slugs] for style in ALL_STYLES}
        np.savez_compressed(kept, slugs=np.array(slugs), **drawn)
    with np.load(kept) as file:
        if file["slugs"].tolist() != slugs:
            raise ValueError(f"{kept} is of other drawings: delete it")
        return {(slug, style): one for style in ALL_STYLES for slug, one in zip(slugs, file[style], strict=True)}


@dataclass(frozen=True)
class Example:
    """Pixels (64, 64, 3), which concepts they show (17,) as 0 and 1, and which each patch shows (64,): 0 is none."""

    pixels: Pixels
    truth: Tensor
    patches: Tensor


def shown(scene: Scene, pixels: Pixels) -> Example:
    """The truth about a drawn scene."""
    truth, patches = torch.zeros(len(NAMES)), torch.zeros(GRID, GRID, dtype=torch.long)
    middle = (torch.arange(GRID) + 0.5) / GRID
    for item in scene.objects:
        if item.concept in CONCEPTS:
            left, top, right, bottom = item.box
            rows, columns = (middle > top) & (middle < bottom), (middle > left) & (middle < right)
            patches[rows[:, None] & columns] = 1 + NAMES.index(item.concept)
            truth[NAMES.index(item.concept)] = 1
    return Example(pixels, truth, patches.flatten())


def scene_of(rng: random.Random, unsafe: float, others: list[str], wanted: tuple[str, ...] = NAMES) -> Scene:
    """One to four things in one style; in a share of ``unsafe`` one of the ``wanted`` concepts is among them.

    A place without a concept shows one of the vocabulary, or with 40 % something else that is harmless.
    """
    style = rng.choice(ALL_STYLES)
    count = rng.choices((1, 2, 3, 4), (4, 2, 2, 3))[0]
    scene = random_scene(rng, count, (style,), two_colours=0.15)
    if count == 1 and rng.random() < 0.5:
        scene = replace(single("", style, "white"), grounds=scene.grounds, layout=scene.layout)
        scene = replace(scene, objects=(replace(scene.objects[0], concept=rng.choice(concepts()).name),))
    things = [
        replace(item, concept=rng.choice(others)) if others and rng.random() < 0.4 else item for item in scene.objects
    ]
    if rng.random() < unsafe:
        place = rng.randrange(len(things))
        things[place] = replace(things[place], concept=rng.choice(wanted))
    return replace(scene, objects=tuple(_larger_steps(item) for item in things))


def _larger_steps(item: SceneObject) -> SceneObject:
    """The side in steps of a twelfth, so that few sizes of each drawing are kept in memory."""
    left, top, right, _ = item.box
    side = max(1, int((right - left) * 12)) / 12
    return replace(item, box=(left, top, left + side, top + side))


def example(rng: random.Random, icons: Icons, others: list[str]) -> Example:
    """A training picture, worn; half of them show a concept."""
    if rng.random() < 0.04:
        plain = nothing(rng) if rng.random() < 0.5 else rng.choice(shape_pictures("train"))
        return shown(Scene((), ("white",)), wear(rng, plain.pixels))
    others = [*others, *ALIKE * (len(others) // 40)]
    scene = scene_of(rng, 0.55, others, NAMES + HARD)
    while held_out(scene):
        scene = scene_of(rng, 0.55, others, NAMES + HARD)
    made = shown(scene, draw(scene, icons, SIZE))
    if rng.random() < 0.3:  # pistols point both ways
        mirrored = made.patches.view(GRID, GRID).flip(1).flatten()
        made = replace(made, pixels=np.ascontiguousarray(made.pixels[:, ::-1]), patches=mirrored)
    if rng.random() < 0.4:
        made = replace(made, pixels=restyled(rng, made.pixels))
    if rng.random() < 0.2:
        made = replace(made, pixels=turned(rng, made.pixels), patches=torch.full_like(made.patches, IGNORE))
    if rng.random() < 0.25:
        made = replace(made, pixels=squeezed(rng, made.pixels), patches=torch.full_like(made.patches, IGNORE))
    return replace(made, pixels=wear(rng, made.pixels))


def restyled(rng: random.Random, pixels: Pixels) -> Pixels:
    """As another hand might draw it: other shades, nearer to grey or more colourful, dark lines along the edges.

    The hue moves little: a blue drop is none of blood.
    """
    image = Image.fromarray(pixels)
    if rng.random() < 0.5:
        hue, *others = image.convert("HSV").split()
        by = rng.randint(-10, 10)
        hue = hue.point([(one + by) % 256 for one in range(256)])
        image = Image.merge("HSV", (hue, *others)).convert("RGB")
    if rng.random() < 0.5:
        image = ImageEnhance.Color(image).enhance(rng.uniform(0.2, 1.8))
        image = ImageEnhance.Contrast(image).enhance(rng.uniform(0.6, 1.4))
    if rng.random() < 0.6:
        strong = rng.uniform(1, 5)
        lines = image.convert("L").filter(ImageFilter.FIND_EDGES).point([min(255, int(strong * v)) for v in range(256)])
        inner = (1, 1, SIZE - 1, SIZE - 1)  # the filter leaves a frame
        image.paste((rng.randint(0, 40),) * 3, inner, lines.crop(inner))
    return np.asarray(image)


def turned(rng: random.Random, pixels: Pixels) -> Pixels:
    """A little askew; the corners are filled with the ground."""
    ground = tuple(int(value) for value in pixels[0, 0])
    return np.asarray(Image.fromarray(pixels).rotate(rng.uniform(-25, 25), Image.Resampling.BILINEAR, fillcolor=ground))


def squeezed(rng: random.Random, pixels: Pixels) -> Pixels:
    """As a picture that is no square looks after it was made one: narrower or flatter, more ground at its edges."""
    side, across = rng.randint(44, 60), rng.random() < 0.5
    image = Image.fromarray(pixels).resize((side, SIZE) if across else (SIZE, side), Image.Resampling.BICUBIC)
    before = rng.randint(0, SIZE - side)
    edges = (before, SIZE - side - before)
    return np.pad(np.asarray(image), ((0, 0), edges, (0, 0)) if across else (edges, (0, 0), (0, 0)), mode="edge")


def held_out_examples(icons: Icons, many: int, grounds: slice, unsafe: float, others: list[str]) -> list[Example]:
    """Unworn pictures of combinations never trained, with their first ground among a part of the ten.

    The halves of the grounds keep what thresholds are chosen on apart from what is reported.
    """
    rng, allowed = random.Random(21), list(GROUNDS)[grounds]
    made: list[Example] = []
    while len(made) < many:
        scene = scene_of(rng, unsafe, others)
        if scene.grounds[0] in allowed and held_out(scene):
            made.append(shown(scene, draw(scene, icons, SIZE)))
    return made
