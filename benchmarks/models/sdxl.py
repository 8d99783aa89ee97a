"""Figures of the bundled image model on drawings it was never shown: which thing, style and ground, and how well."""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.models import pairs as figures_pairs
from benchmarks.models import recognised
from benchmarks.models.figure import Figure, amount, interval, share
from benchmarks.models.held_out import (
    Row,
    held_rows,
    held_scenes,
    one_each,
    prompt,
    scene_pictures,
    spread,
    true_pictures,
)
from benchmarks.models.image_maker import Maker, Setting, app_setting
from benchmarks.models.looking import decibels, judged, to_input
from training.world.captions import article
from training.world.icons import ALL_STYLES, IMAGE_STYLES, drawn

FEW = 4  # steps, where the picture is wanted at once
THREADS = 2  # of the time of one picture


def figures(short: bool = False) -> list[Figure]:
    """All of them; ``short`` takes a few dozen samples."""
    maker, setting = Maker(), app_setting()
    rows = spread(held_rows(), 16) if short else held_rows()
    names = [(row[0], "flat", "white") for row in spread(one_each(held_rows()), 8)] if short else _plain()
    refined = maker.make([prompt(row) for row in rows], setting)
    alone = maker.make([prompt(row) for row in rows], base_alone(setting))
    named = judged(maker.make([article(row[0]) for row in names], setting), names)[:, 0]
    return [
        amount("things it draws", len(drawn()), digits=0, least=120),
        recognised.figure(),
        *seen(refined, rows),
        share("thing right, its name alone as the prompt (judge)", named),
        *refiners(refined, alone, rows),
        *coders(maker, rows, 16 if short else 200),
        *figures_pairs.figures(maker, setting, 8 if short else 40),
        one_picture(maker, setting, 1 if short else 9),
        *few_steps(maker, setting, rows, 1 if short else 9),
    ]


def base_alone(setting: Setting) -> Setting:
    """The same without the refiner."""
    return Setting(**{**vars(setting), "handover": None})


def _plain() -> list[Row]:
    return [(concept.name, "flat", "white") for concept in drawn()]


def seen(made: NDArray[np.uint8], rows: list[Row]) -> list[Figure]:
    """What the judge sees in pictures of ``rows``, and in the real drawings."""
    right, real = judged(made, rows), judged(true_pictures(rows), rows)
    style = np.array([row[1] for row in rows])
    return [
        share("thing right (judge)", right[:, 0], least=0.85),
        share("ground right (judge)", right[:, 2], least=0.90),
        share("style right (judge)", right[:, 1], least=0.80),
        *(share(f"style right (judge), {one}", right[style == one, 1]) for one in IMAGE_STYLES),
        share("the judge on the real drawings: thing", real[:, 0]),
        share("the judge on the real drawings: style", real[:, 1]),
    ]


def refiners(refined: NDArray[np.uint8], alone: NDArray[np.uint8], rows: list[Row]) -> list[Figure]:
    """Whether the refiner brings pictures nearer to the drawing asked for, same seeds."""
    true = true_pictures(rows)
    with_it, without = decibels(refined, true), decibels(alone, true)
    better = share("refined nearer to the drawing (PSNR) than the base alone", with_it > without, least=0.60)
    low, _ = interval(better.number, len(rows))
    right = judged(alone, rows)
    return [
        better,
        Figure("its interval's lower end", low, f"{low:.3f}", least=0.5),
        amount("PSNR to the drawing, base alone", without.mean(), "dB"),
        amount("PSNR to the drawing, refined", with_it.mean(), "dB"),
        share("base alone: thing right (judge)", right[:, 0]),
        share("base alone: style right (judge)", right[:, 1]),
    ]


def coders(maker: Maker, rows: list[Row], scenes: int) -> list[Figure]:
    """How well the coder gives pictures back: scenes and drawings held out, and drawings of sets it never saw."""
    unseen = tuple(style for style in ALL_STYLES if style not in IMAGE_STYLES)
    return [
        amount(
            f"coder there and back, {scenes} held-out scenes",
            _there_and_back(maker, scene_pictures(held_scenes(scenes))), "dB", least=30,
        ),
        amount("coder there and back, held-out drawings", _there_and_back(maker, true_pictures(rows)), "dB"),
        amount(
            f"coder there and back, {scenes} scenes of {' and '.join(unseen)}, never seen",
            _there_and_back(maker, scene_pictures(held_scenes(scenes, unseen), unseen)), "dB",
        ),
    ]  # fmt: skip


def _there_and_back(maker: Maker, pictures: NDArray[np.uint8]) -> float:
    vae = maker.base.vae
    with torch.no_grad():
        parts = to_input(pictures).split(64)
        back = [vae.decode(vae.encode(part).latent_dist.mode()).sample for part in parts]
    pixels = ((torch.cat(back).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return float(decibels(pixels, pictures).mean())


def few_steps(maker: Maker, setting: Setting, rows: list[Row], many: int) -> list[Figure]:
    """The same prompts in four steps of the base, without guidance and refiner."""
    setting = Setting(FEW, 1.0, 1.0, None, setting.width, setting.height)
    made = maker.make([prompt(row) for row in rows], setting)
    right = judged(made, rows)
    return [
        share(f"in {FEW} steps: thing right (judge)", right[:, 0]),
        share(f"in {FEW} steps: style right (judge)", right[:, 1]),
        amount(f"in {FEW} steps: PSNR to the drawing", decibels(made, true_pictures(rows)).mean(), "dB"),
        one_picture(maker, setting, many),
    ]


def one_picture(maker: Maker, setting: Setting, many: int) -> Figure:
    """The median time of single pictures at the app's defaults, the first one left out."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    seconds = []
    for at in range(many + 1):
        began = time.perf_counter()
        maker.make(["a fox on a blue background, flat style"], setting, seed=at)
        seconds.append(time.perf_counter() - began)
    torch.set_num_threads(before)
    middle, slowest = statistics.median(seconds[1:]), max(seconds[1:])
    kind = "with the refiner" if setting.handover else "of the base alone"
    what = f"one picture, {setting.steps} steps {kind}, {THREADS} threads: median of {many}"
    return Figure(what, middle, f"{middle:.2f} s (slowest {slowest:.2f} s)", most=4)
