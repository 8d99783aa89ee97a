"""The pictures and questions of easy-VQA: one coloured shape on a pale ground.

Source: easy-VQA by Victor Zhou (https://github.com/vzhou842/easy-VQA), MIT licence.
"""

from collections import defaultdict
from functools import cache

import easy_vqa
import numpy as np
from PIL import Image

from training.answer.pictures import SIZE, Picture, Shape
from training.world.icons import Pixels

SHAPES = ("circle", "rectangle", "triangle")
SHAPE_COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")


@cache
def shape_pictures(split: str) -> tuple[Picture, ...]:
    """The easy-VQA pictures of ``train`` or ``test``, in the order of their ids, with their truth."""
    rows = getattr(easy_vqa, f"get_{split}_questions")()
    paths = getattr(easy_vqa, f"get_{split}_image_paths")()
    kinds: dict[int, str] = {}
    colours: dict[int, str] = {}
    asked: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for question, answer, image in zip(*rows, strict=True):
        asked[image].append((question, answer))
        for word in _true_words(question, answer):
            if word in SHAPES:
                kinds[image] = word
            elif word in SHAPE_COLOURS:
                colours[image] = word
    pictures = []
    for image in sorted(paths):
        pixels = np.asarray(Image.open(paths[image]).convert("RGB"))
        truth = Shape(kinds[image], colours[image], _box(pixels)) if image in kinds and image in colours else None
        pictures.append(Picture(pixels, shape=truth, asked=tuple(asked[image])))
    return tuple(pictures)


def _true_words(question: str, answer: str) -> list[str]:
    """Words that hold of the picture: the answer itself, or those of a claim that is confirmed."""
    if answer not in {"yes", "no"}:
        return [answer]
    denied = " not " in question or question.startswith("is no ")
    return question.rstrip("?").split() if (answer == "yes") != denied else []


def _box(pixels: Pixels) -> tuple[float, float, float, float]:
    """Where the pixels differ from the corners, which are ground in these pictures."""
    ground = np.median(pixels[[0, 0, -1, -1], [0, -1, 0, -1]].astype(np.float32), axis=0)
    rows, columns = np.nonzero(np.abs(pixels - ground).sum(-1) > 60)
    if not len(rows):
        return (0.0, 0.0, 1.0, 1.0)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    left, top, right, bottom = (float(edge) / SIZE for edge in edges)
    return left, top, right, bottom
