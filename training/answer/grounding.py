"""What the words of a question refer to: throw-away heads that teach the decoder to look things up in the picture.

"Is there a fox?" can only be answered by a decoder that, at the word, finds the patches of a fox. The yes or no alone
teaches that slowly: it is one bit, several layers away. So while it trains, the state at every word for a thing, a
ground, a style or a colour is also asked whether the picture shows it, how many times, and where.
"""

import re
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.answer.pictures import Picture
from training.world.icons import concepts
from training.world.scenes import GROUNDS
from training.world.shapes import SHAPE_COLOURS, SHAPES
from training.world.words import STYLE_NAMES, contents, plural

LAYER = 2  # of the decoder: the later ones make the answer of what is found here
COUNTS = 5  # none to four
GRID = 3  # places along one side
UNKNOWN = -100
SIZES = (2, COUNTS, GRID * GRID)  # shown or not, how many, where


@dataclass(frozen=True)
class Found:
    """What a word refers to: ``shown`` 0 or 1, ``count`` 0 to 4, ``cell`` 0 to 8 by rows; ``UNKNOWN`` where untold."""

    shown: int
    count: int = UNKNOWN
    cell: int = UNKNOWN


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Word in lower case -> its kind and what it stands for."""
    words = {word: ("colour", word) for word in (*GROUNDS, *SHAPE_COLOURS)} | {"grey": ("colour", "gray")}
    words |= {name.lower(): ("style", style) for style, name in STYLE_NAMES.items()}
    words |= {shape: ("shape", shape) for shape in SHAPES}
    for one in concepts():
        for word in (one.name, *one.synonyms):
            words |= {word: ("thing", one.name), plural(word): ("thing", one.name)}
    return words


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_names(), key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)


def references(question: str, picture: Picture) -> list[tuple[int, Found]]:
    """Each known word of a question: where it ends (characters), and what the picture has of it."""
    words = [(match.start(), match.end(), *_names()[match[1].lower()]) for match in _pattern().finditer(question)]
    found = []
    for at, (_, end, kind, name) in enumerate(words):
        of_a_thing = at + 1 < len(words) and words[at + 1][0] == end + 1 and words[at + 1][2] == "thing"
        if kind == "colour" and of_a_thing:
            continue  # "a red apple": no ground
        truth = _look_up(kind, name, picture)
        if truth:
            found.append((end, truth))
    return found


def _look_up(kind: str, name: str, picture: Picture) -> Found | None:
    scene, shape = picture.scene, picture.shape
    if scene is None and shape is None:
        return Found(0, 0) if kind == "thing" else None
    if kind == "thing":
        count = contents(scene)[name] if scene else 0
        places = [_cell(item.centre) for item in scene.objects if item.concept == name] if scene else []
        return Found(int(count > 0), count, places[0] if count == 1 else UNKNOWN)
    if kind == "colour":
        return Found(int(name in scene.grounds if scene else bool(shape) and shape.colour == name))
    if kind == "style":
        return Found(int(bool(scene) and scene.objects[0].style == name))
    return Found(int(bool(shape) and shape.kind == name))


def _cell(centre: tuple[float, float]) -> int:
    column, row = (0 if middle < 0.4 else 2 if middle > 0.6 else 1 for middle in centre)
    return row * GRID + column


class WordHeads(nn.Module):  # type: ignore[misc]  # torch is not read by the type checker
    """Throw-away heads on the decoder's states at the words."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, sum(SIZES)))

    def loss(self, states: Tensor, truth: Tensor) -> tuple[Tensor, float]:
        """States (n, width), truth (n, 3) as in ``Found``: summed cross-entropies, and how often ``shown`` is right."""
        scores = self.read(states).split(SIZES, -1)
        parts = [
            functional.cross_entropy(score, truth[:, kind], ignore_index=UNKNOWN)
            for kind, score in enumerate(scores)
            if bool((truth[:, kind] != UNKNOWN).any())
        ]
        right = float((scores[0].argmax(-1) == truth[:, 0]).float().mean())
        return torch.stack(parts).sum(), right
