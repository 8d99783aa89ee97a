"""Stage 4: what the base makes of trained prompts: the refiner and the decoder learn to repair exactly that."""

import argparse
import os
import random

import torch

from training.image.diffusion import captions
from training.image.pack import base_pipeline
from training.world.packages import CACHE
from training.world.singles import singles

BATCH = 16


def main() -> None:
    """Writes ``handover.pt``: ``rows`` of the drawings asked for and the latents the base made of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rng = random.Random(1)
    pipeline = base_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    data = singles(pipeline.vae.config.sample_size)
    trained = data.trained.nonzero()[:, 0].tolist()
    rows = rng.sample(trained, arguments.count)
    made = []
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        prompts = captions(data, part, rng)
        noise = torch.Generator().manual_seed(start)
        output = pipeline(
            prompts,
            num_inference_steps=arguments.steps,
            guidance_scale=arguments.guidance,
            output_type="latent",
            generator=noise,
        )
        made.append(output.images.cpu().float())
        print(f"{start + len(part)} of {len(rows)}", flush=True)
    torch.save({"rows": torch.tensor(rows), "latents": torch.cat(made)}, CACHE / "handover.pt")


if __name__ == "__main__":
    main()
