"""Stage 4: the base: its UNet and its first text encoder, trained together; the second is CLIP's and stays as it is.

Velocity prediction with a zero terminal signal; the words are dropped to zeros in a tenth of the samples, which is
what the pipelines send where nothing is asked (Ho and Salimans 2022, arXiv 2207.12598).
"""

import random

import torch
from torch import nn
from torch.nn import functional

from training.clip.clip import trained_text_encoder
from training.image.diffusion import encode_words, noised, signal_levels, tokens
from training.image.drawings import KINDS, Drawings
from training.image.networks import text_config, text_encoders, unet
from training.image.tokenizer import LENGTH
from training.image.tokenizer import load as load_tokenizer
from training.progress import Stage, autocast, average, averaged, device, load, options
from training.world.packages import CACHE
from training.world.singles import singles

WEIGHTS = (0.8, 0.03, 0.03, 0.14)  # of KINDS
DROPPED = 0.1
PEAK = 1e-3


def build(channels: tuple[int, int, int], latents: int) -> nn.ModuleDict:
    """The parts, untrained: ``unet``, ``text`` and ``text_2``."""
    text, text_2 = text_encoders(text_config(load_tokenizer(), LENGTH))
    return nn.ModuleDict({"unet": unet(channels, latents), "text": text, "text_2": text_2})


def trained_base(latents: int) -> nn.ModuleDict:
    """The averaged parts of the last checkpoint, whatever their width."""
    mean = load("base")["mean"]
    layers = ("conv_in", "down_blocks.1.resnets.0.conv1", "down_blocks.2.resnets.0.conv1")
    fine, middle, coarse = (mean[f"unet.{layer}.weight"].shape[0] for layer in layers)
    model = build((fine, middle, coarse), latents)
    model.load_state_dict(mean)
    return model


def timesteps(count: int) -> torch.Tensor:
    """Mostly where the picture is decided: 14% below 200 (the refiner's part), 3% pure noise."""
    kind = torch.rand(count)
    high = torch.randint(200, 1000, (count,))
    low = torch.randint(0, 200, (count,))
    return torch.where(kind < 0.14, low, torch.where(kind > 0.97, torch.full_like(low, 999), high))


def time_ids(height: int, width: int, count: int) -> torch.Tensor:
    """Original size, crop corner and target size in pixels: (count, 6)."""
    return torch.tensor([[height, width, 0, 0, height, width]] * count, dtype=torch.float32)


def main() -> None:
    """Trains; the averaged weights are under ``mean`` in ``base.pt``."""
    parser = options(main.__doc__ or "", minutes=60)
    parser.add_argument("--channels", type=int, nargs=3, default=[48, 96, 160])
    arguments = parser.parse_args()
    torch.manual_seed(0)
    rng, place = random.Random(0), device()
    count = arguments.batch or 32
    latents: dict[str, torch.Tensor] = torch.load(CACHE / "latents.pt", weights_only=True)
    side = latents["square"].shape[-1]
    drawings, tokenizer = Drawings(singles(side * 4), latents), load_tokenizer()
    model = build(tuple(arguments.channels), side).to(place)
    model["text_2"].load_state_dict(trained_text_encoder().state_dict())
    model["text_2"].requires_grad_(False)
    mean = averaged(model)
    optimiser = torch.optim.AdamW(
        [{"params": model["unet"].parameters(), "share": 1.0}, {"params": model["text"].parameters(), "share": 0.5}],
        lr=PEAK, betas=(0.9, 0.98), weight_decay=1e-2, fused=True,
    )  # fmt: skip
    stage = Stage("base", arguments, {"model": model, "mean": mean, "optimiser": optimiser})
    rng.seed(stage.step)
    torch.manual_seed(stage.step)
    levels = signal_levels(place)
    while not stage.done:
        kind = rng.choices(KINDS, WEIGHTS)[0]
        rows = drawings.rows(kind, count)
        texts = drawings.texts(kind, rows, rng)
        picture = latents[kind][rows].to(place)
        times = timesteps(count).to(place)
        noisy, velocity = noised(picture, torch.randn_like(picture), levels[times])
        with autocast(place):
            ids = tokens(texts, tokenizer).to(place)
            hidden, pooled = encode_words([model["text"], model["text_2"]], ids)
            kept = (torch.rand(count, device=place) >= DROPPED).float()
            height, width = (4 * edge for edge in picture.shape[-2:])
            added = {"text_embeds": pooled * kept[:, None], "time_ids": time_ids(height, width, count).to(place)}
            guess = model["unet"](
                noisy, times,
                encoder_hidden_states=hidden * kept[:, None, None], added_cond_kwargs=added,
            ).sample  # fmt: skip
        error = functional.mse_loss(guess.float(), velocity)
        for group in optimiser.param_groups:
            group["lr"] = group["share"] * stage.rate(PEAK, 80)
        optimiser.zero_grad()
        error.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average(mean, model, 0.994, stage.step)
        stage.tick({"loss": float(error.detach())}, count)
    stage.save()


if __name__ == "__main__":
    main()
