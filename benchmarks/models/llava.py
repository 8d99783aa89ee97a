"""Figures of the bundled answer model: the official easy-VQA test split, and scenes with combinations never trained on.

An answer counts when greedy decoding gives it to the letter; several talks about a picture are scored in one pass,
which gives each the very scores it would have alone.
"""

import random
from collections import defaultdict
from pathlib import Path

import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from benchmarks.models.figure import Figure, amount, share
from training.answer.llava import FOLDER
from training.answer.packing import features_of, pack, right_answers, scores, states
from training.answer.pictures import Picture, random_truth, scene_picture
from training.answer.questions import Turn
from training.answer.talks import Talk, talks
from training.clip.vision import as_input
from training.world.icons import ALL_STYLES, load_icons
from training.world.shapes import shape_pictures
from training.world.words import sentence

BATCH = 16
Judged = list[tuple[Turn, bool]]


class Answerer:
    """The packed model as everybody loads it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.words = AutoProcessor.from_pretrained(folder)
        self.model = AutoModelForImageTextToText.from_pretrained(folder).eval()

    def judge(self, pictures: list[Picture], asked: list[list[Talk]]) -> Judged:
        """Every turn with whether the model answers it right."""
        judged: Judged = []
        for start in range(0, len(pictures), BATCH):
            part = asked[start : start + BATCH]
            for talk, fits in zip(part, self._right(pictures[start : start + BATCH], part), strict=True):
                judged += zip((turn for one in talk for turn in one), fits, strict=True)
        return judged

    def _right(self, pictures: list[Picture], asked: list[list[Talk]]) -> list[list[bool]]:
        packed = pack(self.words, asked)
        with torch.no_grad():
            features = features_of(self.model, as_input(pictures, "cpu"))
            last = states(self.model, features, packed)[-1]
            return right_answers(*scores(self.model, last, packed), packed)


def easy_vqa(answerer: Answerer, pictures: int | None = None) -> Judged:
    """The test questions of easy-VQA about all its test pictures, or the first few of them."""
    shapes = [picture for picture in shape_pictures("test") if picture.asked][:pictures]
    asked = [[[Turn("easy-VQA", question, sentence(answer))] for question, answer in one.asked] for one in shapes]
    return answerer.judge(shapes, asked)


def held_out_scenes(answerer: Answerer, pictures: int = 400, seed: int = 1) -> Judged:
    """Our questions about scenes in which a drawing on its ground, or a pair of things, was kept from training."""
    rng, icons = random.Random(seed), load_icons(ALL_STYLES, 128)
    scenes = [scene_picture(rng, icons, random_truth(rng, held=True), worn=False) for _ in range(pictures)]
    return answerer.judge(scenes, [talks(rng, scene, 10) for scene in scenes])


def yes_bias(judged: Judged) -> float:
    """How much more often than half the model says yes, over as many questions with yes as with no for an answer."""
    yes = [fits for turn, fits in judged if turn.kind.startswith("yes/no") and turn.answer == "Yes."]
    no = [fits for turn, fits in judged if turn.kind.startswith("yes/no") and turn.answer == "No."]
    return (sum(yes) / len(yes) + 1 - sum(no) / len(no)) / 2 - 0.5


def by_kind(judged: Judged) -> dict[str, list[bool]]:
    """Whether each was right, grouped by the kind of question."""
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    for turn, fits in judged:
        kinds[turn.kind].append(fits)
    return dict(sorted(kinds.items()))


def scene_figures(scenes: Judged) -> list[Figure]:
    """The mean of the kinds, the bias, and each kind."""
    kinds = by_kind(scenes)
    means = [sum(right) / len(right) for right in kinds.values()]
    bias = yes_bias(scenes)
    return [
        amount("held-out scenes, mean of the kinds", sum(means) / len(means), digits=3, least=0.85),
        Figure("yes-bias, either way (0 is none)", abs(bias), f"{bias:+.3f}", most=0.1),
        *(share(f"held-out scenes, {kind}", right) for kind, right in kinds.items()),
    ]


def figures(short: bool = False) -> list[Figure]:
    """All of them; ``short`` takes a few dozen pictures."""
    answerer = Answerer()
    official = [fits for _, fits in easy_vqa(answerer, 32 if short else None)]
    return [
        share("easy-VQA, official test split", official, least=0.95),
        *scene_figures(held_out_scenes(answerer, 48 if short else 400)),
    ]
