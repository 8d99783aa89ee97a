"""Figures of the bundled answer model: the official easy-VQA test split, and scenes with combinations never trained on.

An answer counts when greedy decoding gives it to the letter; several talks about a picture are scored in one pass,
which gives each the very scores it would have alone.
"""

import random
from collections import defaultdict
from pathlib import Path

import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from training.icons import ALL_STYLES, load_icons
from training.llava import FOLDER
from training.packing import features_of, pack, right_answers, scores
from training.pictures import Picture, random_truth, scene_picture
from training.questions import Turn
from training.shapes import shape_pictures
from training.talks import Talk, talks
from training.vision import as_input
from training.words import sentence

BATCH = 16
Judged = list[tuple[Turn, bool]]


class Answerer:
    """The packed model as everybody loads it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.words = AutoProcessor.from_pretrained(folder)
        self.model = AutoModelForImageTextToText.from_pretrained(folder).eval()

    @torch.no_grad()
    def judge(self, pictures: list[Picture], asked: list[list[Talk]]) -> Judged:
        """Every turn with whether the model answers it right."""
        judged: Judged = []
        for start in range(0, len(pictures), BATCH):
            part = asked[start : start + BATCH]
            packed = pack(self.words, part)
            features = features_of(self.model, as_input(pictures[start : start + BATCH], "cpu"))
            for talk, fits in zip(part, right_answers(*scores(self.model, features, packed), packed), strict=True):
                judged += zip((turn for one in talk for turn in one), fits, strict=True)
        return judged


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


def share(judged: Judged) -> float:
    """Share of right answers."""
    return sum(fits for _, fits in judged) / len(judged)


def yes_bias(judged: Judged) -> float:
    """How much more often than half the model says yes, over as many questions with yes as with no for an answer."""
    yes = [fits for turn, fits in judged if turn.kind.startswith("yes/no") and turn.answer == "Yes."]
    no = [fits for turn, fits in judged if turn.kind.startswith("yes/no") and turn.answer == "No."]
    return (sum(yes) / len(yes) + 1 - sum(no) / len(no)) / 2 - 0.5


def by_kind(judged: Judged) -> dict[str, Judged]:
    """The turns grouped by the kind of question."""
    kinds: defaultdict[str, Judged] = defaultdict(list)
    for turn, fits in judged:
        kinds[turn.kind].append((turn, fits))
    return dict(sorted(kinds.items()))


def figures(pictures: int | None = None) -> dict[str, str]:
    """What is measured -> its value, ready for the table; ``pictures`` shortens both parts."""
    answerer = Answerer()
    official = easy_vqa(answerer, pictures)
    scenes = held_out_scenes(answerer, pictures or 400)
    kinds = by_kind(scenes)
    rows = {"easy-VQA, official test split": f"{share(official):.3f} (n {len(official)})"}
    rows |= {f"held-out scenes, {kind}": f"{share(judged):.3f} (n {len(judged)})" for kind, judged in kinds.items()}
    rows["held-out scenes, mean of the kinds"] = f"{sum(map(share, kinds.values())) / len(kinds):.3f}"
    rows["yes-bias (0 is none)"] = f"{yes_bias(scenes):+.3f}"
    return rows


def main() -> None:
    """Print the figures."""
    for what, value in figures().items():
        print(f"{what:45} {value}")


if __name__ == "__main__":
    main()
