"""Stage 7: the coder's decoder alone, its encoder frozen, so that latents keep their meaning.

Three of eight samples are latents moved towards what the base made of the same words, with the true drawing as the
target: the decoder learns to draw cleanly from latents that are not quite right.
"""

import random

import numpy as np
import torch

from training.icons import IMAGE_STYLES, load_icons
from training.latents import coder, encode
from training.learner import Learner
from training.packages import CACHE
from training.progress import Stage, autocast, average, averaged, device, options
from training.scenes import draw, random_scene
from training.singles import as_input, singles
from training.vae import decibels, loss

PEAK = 8e-4


def main() -> None:
    """Trains; the averaged whole coder is under ``mean`` in ``decoder.pt``."""
    arguments = options(main.__doc__ or "", minutes=15).parse_args()
    torch.manual_seed(2)
    rng, place = random.Random(2), device()
    count = arguments.batch or 8
    vae, size = coder()
    data, icons = singles(size), load_icons(IMAGE_STYLES, 2 * size)
    latents = torch.load(CACHE / "latents.pt", weights_only=True)["square"]
    made = torch.load(CACHE / "handover.pt", weights_only=True) if (CACHE / "handover.pt").exists() else None
    decoder = vae.decoder.requires_grad_(True).train()
    mean = averaged(vae)
    learner = Learner(decoder)
    stage = Stage("decoder", arguments, {"vae": vae, "mean": mean, "learner": learner})
    rng.seed(stage.step)
    moved, scenes = 3 * count // 8, count // 8
    while not stage.done:
        rows = torch.randint(len(data.concept), (count - scenes,))
        start = latents[rows]
        if made is not None:
            chosen = torch.randint(len(made["rows"]), (moved,))
            rows[:moved] = made["rows"][chosen]
            start = latents[rows]
            start[:moved] = start[:moved].lerp(made["latents"][chosen], torch.rand(moved, 1, 1, 1))
        several = np.stack([draw(random_scene(rng, styles=IMAGE_STYLES), icons, size) for _ in range(scenes)])
        pixels = torch.cat([data.pixels[rows], torch.from_numpy(several).permute(0, 3, 1, 2)])
        start = torch.cat([start, encode(vae, pixels[-scenes:])]).to(place)
        true = as_input(pixels, place)
        with autocast(place):
            guess = decoder(start).float()
        error = loss(guess, true)
        learner.step(error, stage.rate(PEAK, 30))
        average(mean, vae, 0.99, stage.step)
        guess = guess.detach()
        stage.tick(
            {"loss": float(error.detach()), "clean dB": decibels(guess[moved:-scenes], true[moved:-scenes]),
             "moved dB": decibels(guess[:moved], true[:moved])}, count,
        )  # fmt: skip
    stage.save()


if __name__ == "__main__":
    main()
