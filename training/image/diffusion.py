"""Noise, its levels and the words, as the UNets meet them in training."""

import random

import torch
from torch import nn
from transformers import CLIPTokenizer

from training.image.networks import scheduler
from training.world.captions import caption
from training.world.singles import Singles

HANDOVER = 0.8  # of the schedule; the refiner knows the timesteps below the rest
REFINER_STEPS = 212
SCORE, NO_SCORE = 6.0, 2.5  # aesthetic scores for wanted and unwanted, the pipeline's defaults


def signal_levels(device: torch.device) -> torch.Tensor:
    """Cumulative alpha of each of the 1,000 timesteps; the last is 0."""
    return torch.cumprod(1 - scheduler().betas, 0).to(device)


def noised(latents: torch.Tensor, noise: torch.Tensor, level: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The noisy latents and the velocity to predict, for cumulative alphas ``level`` of shape (batch,).

    Source: Salimans and Ho 2022 (arXiv 2202.00512), appendix D.
    """
    signal = level.sqrt()[:, None, None, None]
    spread = (1 - level).sqrt()[:, None, None, None]
    return signal * latents + spread * noise, signal * noise - spread * latents


def captions(data: Singles, rows: list[int], rng: random.Random) -> list[str]:
    """A fresh caption for each drawing."""
    return [caption(rng, data.concept[row], data.style[row], data.ground[row]) for row in rows]


def tokens(texts: list[str], tokenizer: CLIPTokenizer) -> torch.Tensor:
    """Token ids (batch, length), padded as the pipelines do it."""
    made = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
    ids: torch.Tensor = made.input_ids
    return ids


def encode_words(encoders: list[nn.Module], ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Hidden states of the layer before the last, side by side, and the pooled embedding of the last encoder."""
    outputs = [encoder(ids, output_hidden_states=True) for encoder in encoders]
    return torch.cat([output.hidden_states[-2] for output in outputs], -1), outputs[-1].text_embeds
