"""What every patch of a picture shows, known from its truth: the supervision that teaches a small ViT fast."""

from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.answer.pictures import Picture
from training.world.icons import ALL_STYLES, concepts
from training.world.scenes import GROUNDS
from training.world.shapes import SHAPE_COLOURS, SHAPES

GRID = 8  # patches along one side
NAMES = ("nothing", *(concept.name for concept in concepts()), *SHAPES)
STYLES = ("none", *ALL_STYLES)
IGNORE = -100


@dataclass
class Patches:
    """Labels of one picture or a batch: integers (..., 64), and ``place`` (..., 64, 4) as float.

    ``place`` is the way from the patch to its thing's centre (right, down) and the thing's width and height, all in
    parts of the picture; ``middle`` marks the patch each thing's centre lies in, which makes things countable.
    """

    name: Tensor
    style: Tensor
    ground: Tensor
    colour: Tensor
    middle: Tensor
    place: Tensor

    def to(self, device: str) -> "Patches":
        """The same labels on a device."""
        return Patches(*(value.to(device) for value in vars(self).values()))

    @staticmethod
    def stack(many: "list[Patches]") -> "Patches":
        """One batch of several pictures' labels."""
        return Patches(*(torch.stack([getattr(one, field.name) for one in many]) for field in fields(Patches)))


def patches(picture: Picture) -> Patches:
    """The labels of one picture. Pictures whose truth is not known in full teach nothing about what is unknown."""
    cell = (np.arange(GRID) + 0.5) / GRID
    across, down = (axis.ravel() for axis in np.meshgrid(cell, cell))
    label = {kind: np.zeros(GRID * GRID, np.int64) for kind in ("name", "style", "middle")}
    label |= {kind: np.full(GRID * GRID, IGNORE, np.int64) for kind in ("ground", "colour")}
    place = np.zeros((GRID * GRID, 4), np.float32)
    things: list[tuple[str, str, tuple[float, float, float, float]]] = []
    if picture.scene:
        scene = picture.scene
        things = [(item.concept, item.style, item.box) for item in scene.objects]
        names = list(GROUNDS)
        second = {"plain": across < 0, "side by side": across > 0.5, "stacked": down > 0.5}[scene.layout]
        label["ground"][:] = np.where(second, names.index(scene.grounds[-1]), names.index(scene.grounds[0]))
    elif picture.shape:
        things = [(picture.shape.kind, "none", picture.shape.box)]
    for name, style, (left, top, right, bottom) in things:
        inside = (across > left) & (across < right) & (down > top) & (down < bottom)
        label["name"][inside] = NAMES.index(name)
        label["style"][inside] = STYLES.index(style)
        if picture.shape:
            label["colour"][inside] = SHAPE_COLOURS.index(picture.shape.colour)
        x, y = (left + right) / 2, (top + bottom) / 2
        place[inside] = np.stack([x - across, y - down, 0 * across + right - left, 0 * down + bottom - top], -1)[inside]
        label["middle"][min(int(y * GRID), GRID - 1) * GRID + min(int(x * GRID), GRID - 1)] = 1
    return Patches(**{kind: torch.from_numpy(value) for kind, value in label.items()}, place=torch.from_numpy(place))


class PatchHeads(nn.Module):
    """Throw-away heads on the layer the answer model reads."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.sizes = [len(NAMES), len(STYLES), len(GROUNDS), len(SHAPE_COLOURS), 2, 4]
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, sum(self.sizes)))

    def forward(self, features: Tensor) -> list[Tensor]:
        """Features (batch, 64, width) to name, style, ground, colour, middle (scores) and place (parts)."""
        return list(self.read(features).split(self.sizes, -1))

    def loss(self, features: Tensor, truth: Patches) -> tuple[Tensor, dict[str, float]]:
        """The weighted sum, and the accuracy of each kind where it is known (names: on things alone)."""
        name, style, ground, colour, middle, place = self(features)
        thing = truth.name > 0
        total = torch.zeros((), device=features.device)
        right: dict[str, float] = {}
        for kind, score, weight in (
            ("name", name, 1.0),
            ("style", style, 0.3),
            ("ground", ground, 0.3),
            ("colour", colour, 0.3),
        ):
            target: Tensor = getattr(truth, kind)
            known = target != IGNORE
            if known.any():
                total = total + weight * functional.cross_entropy(score[known], target[known])
                looked = known & thing if kind in ("name", "style") else known
                if looked.any():
                    right[kind] = float((score.argmax(-1) == target)[looked].float().mean())
        total = total + functional.cross_entropy(
            middle.flatten(0, 1), truth.middle.flatten(), middle.new_tensor([1.0, 4.0])
        )
        if thing.any():
            total = total + 3 * functional.smooth_l1_loss(place[thing], truth.place[thing], beta=0.1)
        right["middle"] = float((middle.argmax(-1) == truth.middle).all(-1).float().mean())
        return total, right
