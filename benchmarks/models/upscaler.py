"""Figures of the bundled upscaler, loaded as the app loads it, against enlarging without a model."""

from __future__ import annotations

import random
import statistics
import time
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.models.figure import Figure, amount, share
from benchmarks.models.held_out import held_rows, prompt, spread, true_pictures
from benchmarks.models.image_maker import Maker, app_setting
from benchmarks.models.looking import decibels
from pipelines.upscale.upscaler import Upscaler
from training.upscaler.network import SCALE
from training.upscaler.pack import FOLDER
from training.upscaler.pairs import LARGE, Coder, drawings, large_icons, scene_of

NOISE = 0.06  # spread of the noise in the latents of the scenes
THREADS = 2  # of the times
Pictures = NDArray[np.uint8]


@cache
def upscaler() -> Upscaler:
    """The bundled one, on the processor."""
    return Upscaler(str(FOLDER / "model.safetensors"), torch.device("cpu"))


def figures(short: bool = False) -> list[Figure]:
    """All of them; ``short`` takes a few samples."""
    maker, setting = Maker(), app_setting()
    rows = spread(held_rows(), 12 if short else 96)
    made = maker.make([prompt(row) for row in rows], setting)
    return [
        *compared("held-out scenes through the coder", *scenes(16 if short else 64), least=2.7),
        *compared("pictures of held-out prompts by base and refiner", made, true_pictures(rows, LARGE), least=1.0),
        *times(maker, 1 if short else 9),
    ]


def scenes(count: int) -> tuple[Pictures, Pictures]:
    """Scenes with a held-out combination in each, as the coder gives them back at 64 px, and as drawn at 256 px."""
    rng = random.Random(3)
    torch.manual_seed(3)
    true = drawings([scene_of(rng, held=True) for _ in range(count)], large_icons())
    small = Coder.bundled().through(true, torch.full((count,), NOISE))
    return small.permute(0, 2, 3, 1).numpy(), true.permute(0, 2, 3, 1).numpy()


def compared(what: str, small: Pictures, true: Pictures, *, least: float) -> list[Figure]:
    """PSNR to the drawings, of the upscaler and without it."""
    plain = np.stack([np.asarray(_plain(one)) for one in small])
    made = np.stack([np.asarray(enlarge(one)) for one in small])
    with_it, without = decibels(made, true), decibels(plain, true)
    gain = float((with_it - without).mean())
    return [
        amount(f"{what}: PSNR, bicubic", float(without.mean()), "dB", digits=2),
        amount(f"{what}: PSNR, upscaler", float(with_it.mean()), "dB", digits=2),
        amount(f"{what}: gain", gain, "dB", digits=2, least=least),
        share(f"{what}: nearer to the drawing than bicubic", with_it > without),
    ]


def _plain(pixels: Pictures) -> Image.Image:
    side = (pixels.shape[1] * SCALE, pixels.shape[0] * SCALE)
    return Image.fromarray(pixels).resize(side, Image.Resampling.BICUBIC)


def enlarge(pixels: Pictures) -> Image.Image:
    """The picture through the upscaler, as the app does it."""
    return upscaler().enlarge(Image.fromarray(pixels), SCALE, lambda: None)


def times(maker: Maker, many: int) -> list[Figure]:
    """Medians of the upscaler alone, and of a picture at the app's defaults with it and without."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    made, alone, whole = [], [], []
    for at in range(many + 1):  # the first one is left out
        began = time.perf_counter()
        pixels = maker.make(["a fox on a blue background, flat style"], app_setting(), seed=at)[0]
        middle = time.perf_counter()
        enlarge(pixels)
        ended = time.perf_counter()
        made.append(middle - began)
        alone.append(ended - middle)
        whole.append(ended - began)
    torch.set_num_threads(before)
    with_it, without = statistics.median(whole[1:]), statistics.median(made[1:])
    of = f"{THREADS} threads: median of {many}"
    return [
        amount(f"a picture of 64 px, {of}", statistics.median(alone[1:]), "s", digits=3, most=0.1),
        amount(f"a whole picture with refiner and upscaler, {of}", with_it, "s", digits=2),
        amount("the same over the picture without the upscaler", with_it / without, "times", digits=3),
    ]
