"""Stage 2: the upscaler: from what the image model makes at 64 px to the drawing it meant at 256 px."""

from argparse import Namespace
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import torch
from torch.nn import functional

from training.image.vae import decibels, loss
from training.learner import Learner
from training.progress import Stage, autocast, average, averaged, device, load, options
from training.upscaler.network import SCALE, Upscaler
from training.upscaler.pairs import Pairs, unit

PEAK = 1.5e-3
BATCH = 12


def trained_upscaler() -> Upscaler:
    """The averaged weights of the last checkpoint."""
    model = Upscaler()
    model.load_state_dict(load("upscaler")["mean"])
    return model.eval().requires_grad_(False)


def bicubic(small: torch.Tensor) -> torch.Tensor:
    """What the upscaler is compared with: the same pictures enlarged without a model, 0..1."""
    return functional.interpolate(small, scale_factor=SCALE, mode="bicubic").clamp(0, 1)


class Source(Protocol):
    """Where pairs come from."""

    def batch(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Small and large pictures, uint8 (count, 3, height, width)."""
        ...


def train(arguments: Namespace, source: Callable[[int], Source]) -> None:
    """Trains until the time is used up.

    Args:
        arguments: see ``training.progress.options``.
        source: gives the pairs that follow a number of steps.
    """
    torch.manual_seed(0)
    place, count = device(), arguments.batch or BATCH
    model = Upscaler().to(place)
    mean = averaged(model)
    learner = Learner(model)
    stage = Stage("upscaler", arguments, {"model": model, "mean": mean, "learner": learner})
    torch.manual_seed(stage.step)
    pairs = source(stage.step)
    # the next pictures are drawn while the network learns from these
    with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as hand:
        coming = hand.submit(pairs.batch, count)
        while not stage.done:
            small, true = (unit(pixels).to(place) for pixels in coming.result())
            coming = hand.submit(pairs.batch, count)
            with autocast(place):
                made = model(small).float()
            error = loss(2 * made, 2 * true)
            learner.step(error, stage.rate(PEAK, 50))
            average(mean, model, 0.99, stage.step)
            with torch.no_grad():
                plain, finished = (decibels(2 * one - 1, 2 * true - 1) for one in (bicubic(small), made))
            stage.tick({"loss": float(error.detach()), "dB": finished, "gain": finished - plain}, count)
    stage.save()


def main() -> None:
    """Trains; the averaged weights are under ``mean`` in ``upscaler.pt``."""
    train(options(main.__doc__ or "", minutes=60).parse_args(), Pairs)


if __name__ == "__main__":
    main()
