"""Stage 6: the refiner: its own UNet, started from the base's, for the last fifth of the schedule alone.

Half of each batch starts from true latents, half from a mix of true latents and what the base made of the same words,
always with the true latent as the target: so it learns to repair, not only to remove noise. Its added condition is an
aesthetic score, as in SDXL: true drawings score 6, dropped words 2.5.
"""

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from training.image.base import trained_base
from training.image.diffusion import NO_SCORE, REFINER_STEPS, SCORE, encode_words, signal_levels, tokens
from training.image.drawings import KINDS, Drawings
from training.image.networks import REFINER_TIMES, TEXT_WIDTH, TIME_WIDTH, unet
from training.image.tokenizer import load as load_tokenizer
from training.progress import Stage, autocast, average, averaged, device, options
from training.world.packages import CACHE
from training.world.singles import singles

PEAK = 6e-4
WEIGHTS = (0.86, 0.03, 0.03, 0.08)  # of KINDS
DROPPED = 0.1


def from_base(state: dict[str, Any]) -> dict[str, Any]:
    """The base's UNet weights with what the refiner does not read cut off: the first encoder, the last size."""

    def cut(name: str, weight: torch.Tensor) -> torch.Tensor:
        if "attn2.to_k" in name or "attn2.to_v" in name:
            return weight[:, TEXT_WIDTH:].clone()
        if name == "add_embedding.linear_1.weight":
            return weight[:, : TEXT_WIDTH + REFINER_TIMES * TIME_WIDTH].clone()
        return weight

    return {name: cut(name, weight) for name, weight in state.items()}


@dataclass
class Examples:
    """Where samples come from: true latents of each shape, and what the base made of some (``handover``)."""

    drawings: Drawings
    handover: dict[str, torch.Tensor]

    def batch(self, count: int, rng: random.Random) -> tuple[list[str], torch.Tensor, torch.Tensor, torch.Tensor]:
        """Captions, timesteps, latents to start from, true latents; the first half of squares is to be repaired."""
        kind = rng.choices(KINDS, WEIGHTS)[0]
        times = torch.randint(1, REFINER_STEPS, (count,))
        rows, latents = self.drawings.rows(kind, count), self.drawings.latents[kind]
        if kind != "square":
            true = latents[rows]
            return self.drawings.texts(kind, rows, rng), times, true, true
        half = count // 2
        chosen = torch.randint(len(self.handover["rows"]), (half,))
        rows[:half] = self.handover["rows"][chosen]
        true = latents[rows]
        start = true.clone()
        share = torch.rand(half) * times[:half] / REFINER_STEPS
        start[:half] = true[:half].lerp(self.handover["latents"][chosen], share[:, None, None, None])
        return self.drawings.texts(kind, rows, rng), times, start, true


def main() -> None:
    """Trains; the averaged weights are under ``mean`` in ``refiner.pt``."""
    arguments = options(main.__doc__ or "", minutes=12).parse_args()
    torch.manual_seed(1)
    rng, place = random.Random(1), device()
    count = arguments.batch or 32
    latents: dict[str, torch.Tensor] = torch.load(CACHE / "latents.pt", weights_only=True)
    handover: dict[str, torch.Tensor] = torch.load(CACHE / "handover.pt", weights_only=True)
    side = latents["square"].shape[-1]
    tokenizer = load_tokenizer()
    examples = Examples(Drawings(singles(4 * side), latents), handover)
    base = trained_base(side)
    text = base["text_2"].to(place).eval().requires_grad_(False)
    model = unet(tuple(base["unet"].config.block_out_channels), side, refiner=True)
    model.load_state_dict(from_base(base["unet"].state_dict()))
    model.to(place)
    mean = averaged(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=1e-2, fused=True)
    stage = Stage("refiner", arguments, {"model": model, "mean": mean, "optimiser": optimiser})
    rng.seed(stage.step)
    levels = signal_levels(place)
    half = count // 2
    while not stage.done:
        texts, times, start, true = examples.batch(count, rng)
        true, start, times = true.to(place), start.to(place), times.to(place)
        signal, spread = (level.sqrt()[:, None, None, None] for level in (levels[times], 1 - levels[times]))
        noisy = signal * start + spread * torch.randn_like(start)
        velocity = (signal * noisy - true) / spread  # the one that leads to the true latent
        kept = (torch.rand(count, device=place) >= DROPPED).float()
        height, width = (4 * edge for edge in true.shape[-2:])
        ids = torch.tensor([[height, width, 0, 0, SCORE]] * count, device=place)
        ids[:, -1] = torch.where(kept > 0, SCORE, NO_SCORE)
        with autocast(place):
            with torch.no_grad():
                hidden, pooled = encode_words([text], tokens(texts, tokenizer).to(place))
            guess = model(
                noisy, times,
                encoder_hidden_states=hidden * kept[:, None, None],
                added_cond_kwargs={"text_embeds": pooled * kept[:, None], "time_ids": ids},
            ).sample  # fmt: skip
        squared = (guess.float() - velocity).square().flatten(1).mean(1)
        error = squared.mean()
        for group in optimiser.param_groups:
            group["lr"] = stage.rate(PEAK, 40)
        optimiser.zero_grad()
        error.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average(mean, model, 0.99, stage.step)
        squared = squared.detach()
        halves = {"repair": float(squared[:half].mean()), "clean": float(squared[half:].mean())}
        stage.tick(halves, count)
    stage.save()


if __name__ == "__main__":
    main()
