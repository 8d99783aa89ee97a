"""Guidance, steps, hand-over and size of the bundled image model: where the app's defaults come from.

One of them is changed at a time, the others stay as the app has them. Writes ``sweep.csv`` and ``sweep.png`` beside the
weights, on as many held-out prompts as the minutes allow.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.models.held_out import Row, held_rows, prompt, spread, true_pictures
from benchmarks.models.image_maker import BATCH, MODELS, Maker, Setting, app_setting
from benchmarks.models.looking import decibels, judged, square
from benchmarks.models.quiet import quiet
from benchmarks.models.sweep_plot import plot
from benchmarks.table import show
from training.image.card import fill

NONE = "none"  # no hand-over: the base alone
FEWEST = 8  # prompts
CARD = """Guidance, steps, hand-over and size, one changed at a time, on {count} held-out prompts
(`python -m benchmarks.models.sweep_sdxl`; the numbers are in `sweep.csv`):

![Share right, PSNR and seconds for each setting](sweep.png)"""


@dataclass(frozen=True)
class Measured:
    """One point: shares the judge finds right, PSNR to the drawing, seconds.

    ``difference_error`` is the standard error of the mean difference in PSNR to the app's setting, picture by picture.
    """

    knob: str
    value: str
    is_default: bool
    pictures: int
    thing_right: float
    style_right: float
    ground_right: float
    psnr_db: float
    difference_error: float
    seconds_a_picture: float


def knobs(app: Setting) -> dict[str, dict[str, Setting]]:
    """Knob -> value as people read it -> the setting; the app's own value is among them."""

    def number(name: str, values: tuple[float, ...]) -> dict[str, Setting]:
        return {f"{value:g}": replace(app, **{name: value}) for value in sorted({*values, getattr(app, name)})}

    width, height = app.width, app.height
    sizes = {(width, height), (width, height * 5 // 4), (width * 5 // 4, height)}
    return {
        "guidance": number("guidance", (1.0, 1.5, 2.0, 3.0, 4.5, 7.0)),
        "refiner's guidance": number("refiner_guidance", (1.0, 1.5, 3.0)),
        "steps": number("steps", (8, 12, 18, 25, 40)),
        "hand-over": number("handover", (0.6, 0.7, 0.8, 0.9)) | {NONE: replace(app, handover=None)},
        "size, pixels": {f"{w} x {h}": replace(app, width=w, height=h) for w, h in sorted(sizes)},
    }


def cost(setting: Setting) -> float:
    """Work of one picture: steps times pixels."""
    return setting.steps * setting.width * setting.height


def affordable(seconds: float, app: Setting, one: float) -> int:
    """How many prompts each setting can be given, if a picture at the app's defaults takes ``one`` second."""
    work = sum(cost(setting) for values in knobs(app).values() for setting in values.values() if setting != app)
    return max(FEWEST, int(seconds / one / (work / cost(app) + 1)))


@dataclass(frozen=True)
class Made:
    """What one setting made: whether the judge sees thing, style and ground right, dB of each picture, seconds."""

    right: NDArray[np.bool_]
    near: NDArray[np.float64]
    seconds: float

    def point(self, own: Made, knob: str, value: str) -> Measured:
        """The row of the table, next to what the app's own setting made."""
        count = len(self.near)
        error = float((self.near - own.near).std() / count**0.5)
        thing, style, ground = (float(part) for part in self.right.mean(0))
        return Measured(
            knob, value, self is own, count, thing, style, ground, float(self.near.mean()), error, self.seconds
        )


def sweep(rows: list[Row], make: Callable[[list[str], Setting], NDArray[np.uint8]], app: Setting) -> list[Measured]:
    """All points; the app's own setting is made once."""
    true, prompts = true_pictures(rows), [prompt(row) for row in rows]

    def made(setting: Setting) -> Made:
        began = time.perf_counter()
        pictures = make(prompts, setting)
        seconds = (time.perf_counter() - began) / len(rows)
        return Made(judged(pictures, rows), decibels(square(pictures), true), seconds)

    own = made(app)
    return [
        (own if setting == app else made(setting)).point(own, knob, value)
        for knob, values in knobs(app).items()
        for value, setting in values.items()
    ]


def write(points: list[Measured], folder: Path) -> None:
    """``sweep.csv`` and ``sweep.png``."""
    with (folder / "sweep.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(points[0])), lineterminator="\n")
        writer.writeheader()
        for point in points:
            cells = asdict(point)
            writer.writerow({name: round(one, 4) if isinstance(one, float) else one for name, one in cells.items()})
    plot([asdict(point) for point in points]).save(folder / "sweep.png", optimize=True)
    card = folder / "README.md"
    if card.exists():
        fill(card, "settings", CARD.format(count=points[0].pictures))


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=4, help="about how long it may take")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--to", type=Path, help="another folder for the two files")
    asked = parser.parse_args()
    quiet()
    maker, app, every = Maker(asked.models), app_setting(), held_rows()
    maker.make(["a fox"], app)  # the first picture is slower
    began = time.perf_counter()
    maker.make([prompt(row) for row in spread(every, BATCH)], app)
    one = (time.perf_counter() - began) / BATCH
    rows = spread(every, affordable(asked.minutes * 60 - 20, app, one))
    points = sweep(rows, maker.make, app)
    write(points, asked.to or asked.models)
    show(
        f"Settings, {len(rows)} held-out prompts",
        list(asdict(points[0])),
        [list(asdict(one).values()) for one in points],
    )


if __name__ == "__main__":
    main()
