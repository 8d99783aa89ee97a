"""Pictures whose truth is known: one to four icons on a plain or two-colour ground."""

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from training.world.icons import IMAGE_STYLES, Icons, Pixels, concepts

GROUNDS: dict[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "black": (24, 24, 28),
    "red": (222, 52, 56),
    "orange": (248, 146, 42),
    "yellow": (252, 216, 74),
    "green": (76, 175, 86),
    "blue": (64, 126, 230),
    "purple": (142, 84, 206),
    "pink": (250, 160, 200),
    "gray": (150, 152, 158),
}

KEPT_SIDE = 64  # pixels; larger drawings of every size would fill the memory
SINGLE_FILL = 0.86  # how much of the picture the one centred icon takes


@dataclass(frozen=True)
class SceneObject:
    """One icon; ``box`` is left, top, right, bottom in 0..1 of the picture."""

    concept: str
    style: str
    box: tuple[float, float, float, float]

    @property
    def centre(self) -> tuple[float, float]:
        """Horizontal and vertical middle in 0..1."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True)
class Scene:
    """What a picture shows. Two grounds share it ``side by side`` (left, right) or ``stacked`` (top, bottom)."""

    objects: tuple[SceneObject, ...]
    grounds: tuple[str, ...]
    layout: str = "plain"


def single(concept: str, style: str, ground: str) -> Scene:
    """One centred icon on a plain ground: what the image model learns to draw."""
    edge = (1 - SINGLE_FILL) / 2
    return Scene((SceneObject(concept, style, (edge, edge, 1 - edge, 1 - edge)),), (ground,))


def random_scene(
    rng: random.Random,
    count: int | None = None,
    styles: tuple[str, ...] = IMAGE_STYLES,
    names: tuple[str, ...] | None = None,
    two_colours: float = 0.3,
) -> Scene:
    """A scene of ``count`` (default one to four) icons that do not overlap, sizes and places drawn at random.

    ``names`` limits the concepts; one may appear several times. ``two_colours`` is the share of split grounds.
    """
    names = names or tuple(concept.name for concept in concepts())
    count = count or rng.randint(1, 4)
    cells = rng.sample([(0, 0), (0.5, 0), (0, 0.5), (0.5, 0.5)], count) if count > 1 else [(0.0, 0.0)]
    cell = 0.5 if count > 1 else 1.0
    if count == 2 and rng.random() < 0.5:  # opposite halves, larger
        beside = rng.random() < 0.5
        halves = [(0.0, 0.25), (0.5, 0.25)] if beside else [(0.25, 0.0), (0.25, 0.5)]
        cells = rng.sample(halves, 2)
    objects = []
    for left, top in cells:
        side = cell * rng.uniform(0.72, 0.98)
        x = left + rng.uniform(0, cell - side)
        y = top + rng.uniform(0, cell - side)
        objects.append(SceneObject(rng.choice(names), rng.choice(styles), (x, y, x + side, y + side)))
    if rng.random() < two_colours:
        grounds = tuple(rng.sample(list(GROUNDS), 2))
        return Scene(tuple(objects), grounds, rng.choice(("side by side", "stacked")))
    return Scene(tuple(objects), (rng.choice(list(GROUNDS)),))


def draw(scene: Scene, icons: Icons, size: int = 64) -> Pixels:
    """The scene as RGB pixels of shape (size, size, 3), uint8."""
    picture = np.empty((size, size, 3), np.float32)
    picture[:] = GROUNDS[scene.grounds[0]]
    if scene.layout == "side by side":
        picture[:, size // 2 :] = GROUNDS[scene.grounds[1]]
    elif scene.layout == "stacked":
        picture[size // 2 :] = GROUNDS[scene.grounds[1]]
    for item in scene.objects:
        left, top, right, _ = (round(edge * size) for edge in item.box)
        side = max(right - left, 1)
        left, top = min(left, size - side), min(top, size - side)
        icon = _Icon(icons[item.concept, item.style])
        colour, alpha = _kept(icon, side) if side <= KEPT_SIDE else _scaled(icon, side)
        area = picture[top : top + side, left : left + side]
        area *= 1 - alpha
        area += colour
    return (picture + 0.5).clip(0, 255).astype(np.uint8)


class _Icon:
    """Pixels as a key of the cache below: the same array object is the same icon."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def __hash__(self) -> int:
        return id(self.pixels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Icon) and other.pixels is self.pixels


def _scaled(icon: _Icon, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Colour times alpha in 0..255, and alpha in 0..1, both (side, side, channels).

    Resized with alpha multiplied in, so that clear pixels lend no colour to the edges.
    """
    pixels = icon.pixels.astype(np.float32)
    pixels[..., :3] *= pixels[..., 3:] / 255
    planes = [
        np.asarray(
            Image.fromarray(pixels[..., channel]).resize(
                (side, side), Image.Resampling.BOX if side * 2 <= pixels.shape[0] else Image.Resampling.LANCZOS
            )
        )
        for channel in range(4)
    ]
    both = np.stack(planes, -1).clip(0, 255)
    return both[..., :3], both[..., 3:] / 255


_kept = lru_cache(maxsize=20_000)(_scaled)
