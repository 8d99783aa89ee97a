"""Figures of the bundled CLIP pair, as the stage that makes it measures them, on the folder as everybody loads it."""

from __future__ import annotations

from transformers import CLIPModel

from benchmarks.models.figure import Figure, amount
from training.clip import figures as clip_figures
from training.world.packages import BUNDLED


def figures(short: bool = False) -> list[Figure]:
    """All of them; ``short`` tries fewer captions."""
    model = CLIPModel.from_pretrained(BUNDLED / "emoji-clip").eval()
    measured = clip_figures.zero_shot(model) | clip_figures.retrieval(model, 1 if short else 6)
    return [amount(what, value, digits=3) for what, value in measured.items()]
