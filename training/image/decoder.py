"""Stage 7: the coder's decoder alone, its encoder frozen, so that latents keep their meaning.

Some of the samples are latents moved towards what the base made of the same words, with the true drawing as the target:
the decoder learns to draw cleanly from latents that are not quite right. Most are scenes of several things, whose small
icons are what a coder finds hardest.
"""

import random

import torch
from torch.nn import functional

from training.image.latents import coder, encode
from training.image.vae import decibels, drawn_scenes, loss
from training.learner import Learner
from training.progress import Stage, autocast, average, averaged, device, options
from training.world.icons import IMAGE_STYLES, load_icons
from training.world.packages import CACHE
from training.world.singles import as_input, singles

PEAK = 8e-4
SQUARED = 20.0  # weight of the squared error, by which a coder is measured


def main() -> None:
    """Trains; the averaged whole coder is under ``mean`` in ``decoder.pt``."""
    arguments = options(main.__doc__ or "", minutes=15).parse_args()
    torch.manual_seed(2)
    rng, place = random.Random(2), device()
    count = arguments.batch or 16
    vae, size = coder()
    data, icons = singles(size), load_icons(IMAGE_STYLES, 2 * size)
    latents = torch.load(CACHE / "latents.pt", weights_only=True)["square"]
    made = torch.load(CACHE / "handover.pt", weights_only=True) if (CACHE / "handover.pt").exists() else None
    decoder = vae.decoder.requires_grad_(True).train()
    mean = averaged(vae)
    learner = Learner(decoder)
    stage = Stage("decoder", arguments, {"vae": vae, "mean": mean, "learner": learner})
    rng.seed(stage.step)
    moved, scenes = count // 8, 3 * count // 4
    trained = data.trained.nonzero()[:, 0]
    while not stage.done:
        rows = trained[torch.randint(len(trained), (count - scenes,))]
        start = latents[rows]
        if made is not None:
            chosen = torch.randint(len(made["rows"]), (moved,))
            rows[:moved] = made["rows"][chosen]
            start = latents[rows]
            start[:moved] = start[:moved].lerp(made["latents"][chosen], torch.rand(moved, 1, 1, 1))
        pixels = torch.cat([data.pixels[rows], drawn_scenes(icons, scenes, size, rng, things=(2, 3, 4, 4))])
        start = torch.cat([start, encode(vae, pixels[-scenes:])]).to(place)
        true = as_input(pixels, place)
        with autocast(place):
            guess = decoder(start).float()
        error = 0.5 * loss(guess, true) + SQUARED * functional.mse_loss(guess, true)
        learner.step(error, stage.rate(PEAK, 30))
        average(mean, vae, 0.99, stage.step)
        guess = guess.detach()
        stage.tick(
            {"loss": float(error.detach()), "clean dB": decibels(guess[moved:-scenes], true[moved:-scenes]),
             "moved dB": decibels(guess[:moved], true[:moved]), "scenes dB": decibels(guess[-scenes:], true[-scenes:])},
            count,
        )  # fmt: skip
    stage.save()


if __name__ == "__main__":
    main()
