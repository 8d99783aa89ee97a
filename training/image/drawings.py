"""What the UNets learn from: latents of drawings, alone and in twos, with a fresh caption at every use."""

import random
from dataclasses import dataclass, field
from functools import cached_property

import torch

from training.image.diffusion import captions
from training.world.couples import Couple, trained_couples
from training.world.couples import caption as caption_of_two
from training.world.singles import Singles

KINDS = ("square", "portrait", "landscape", "couples")


@dataclass(frozen=True)
class Drawings:
    """Latents of each of ``KINDS``, as ``training.image.latents`` keeps them, and what the single drawings show."""

    data: Singles
    latents: dict[str, torch.Tensor]
    couples: list[Couple] = field(default_factory=trained_couples)

    @cached_property
    def trained(self) -> torch.Tensor:
        """Rows of the single drawings that are not held out."""
        return self.data.trained.nonzero()[:, 0]

    def rows(self, kind: str, count: int) -> torch.Tensor:
        """So many rows of the latents of a kind, drawn at random; none is held out."""
        if kind == "couples":
            return torch.randint(len(self.couples), (count,))
        return self.trained[torch.randint(len(self.trained), (count,))]

    def texts(self, kind: str, rows: torch.Tensor, rng: random.Random) -> list[str]:
        """A caption of each row."""
        if kind == "couples":
            return [caption_of_two(rng, self.couples[row]) for row in rows.tolist()]
        return captions(self.data, rows.tolist(), rng)
