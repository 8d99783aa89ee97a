"""Stage 2: the latents of all drawings, single and in twos, so that the UNets never wait for the coder."""

import argparse

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch.nn import functional

from training.image.vae import build
from training.progress import autocast, device, load
from training.world.couples import pictures, trained_couples
from training.world.packages import CACHE
from training.world.scenes import GROUNDS
from training.world.singles import Singles, as_input, singles

KINDS = ("square", "portrait", "landscape")


def coder() -> tuple[AutoencoderKL, int]:
    """The trained coder and the side of its pictures in pixels."""
    state = load("vae")
    vae = build(tuple(state["channels"]), state["size"])
    vae.load_state_dict(state["folded"])
    return vae.to(device()).eval().requires_grad_(False), int(state["size"])


def wider(data: Singles, kind: str) -> torch.Tensor:
    """The pictures with an eighth more ground on two sides: 64 x 64 becomes 64 x 80 (portrait) or 80 x 64."""
    edge = data.pixels.shape[-1] // 8
    if kind == "square":
        return data.pixels
    sides = (0, 0, edge, edge) if kind == "portrait" else (edge, edge, 0, 0)
    grounds = np.array([GROUNDS[name] for name in data.ground], np.uint8)
    background = torch.from_numpy(grounds)[:, :, None, None]
    # pad the difference to the ground, then add the ground back: each picture has its own colour
    difference = data.pixels.int() - background.int()
    return (functional.pad(difference, sides) + background.int()).to(torch.uint8)


def encode(vae: AutoencoderKL, pixels: torch.Tensor, batch: int = 64) -> torch.Tensor:
    """uint8 pictures -> latents (n, 4, height / 4, width / 4) on the CPU."""
    with torch.no_grad(), autocast(device()):
        parts = [vae.encoder(as_input(part, device()))[:, :4].float().cpu() for part in pixels.split(batch)]
    return torch.cat(parts)


def main() -> None:
    """Writes ``latents.pt``: kind of shape -> latents of all drawings, and ``couples`` -> of two things."""
    vae, size = coder()
    data = singles(size)
    kept = {kind: encode(vae, wider(data, kind)) for kind in KINDS}
    kept["couples"] = encode(vae, pictures(trained_couples(), size))
    torch.save(kept, CACHE / "latents.pt")
    for kind, latents in kept.items():
        print(kind, tuple(latents.shape), f"mean {latents.mean():.3f} spread {latents.std():.3f}")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
