"""Stage 1 of the answer model: a CLIP vision tower that knows what every patch shows.

``python -m training.vision --minutes 25 --threads 1`` trains, or goes on from the last checkpoint.
"""

import argparse
import math
import random
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModel

from training import packages
from training.dense import Patches, PatchHeads, patches
from training.icons import ALL_STYLES, Icons, load_icons
from training.pictures import SIZE, Picture, nothing, random_truth, scene_picture, wear
from training.shapes import shape_pictures

CHECKPOINT = packages.CACHE / "vision.pt"
MEAN = (0.48145466, 0.4578275, 0.40821073)  # of CLIP's own image processor
SPREAD = (0.26862954, 0.26130258, 0.27577711)


def tower() -> CLIPVisionModel:
    """An untrained tower: 64 pixels in 8 x 8 patches, 1.9 M parameters."""
    return CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=192, intermediate_size=576, num_hidden_layers=5, num_attention_heads=6,
            image_size=SIZE, patch_size=8, hidden_act="gelu", projection_dim=128,
        )
    )  # fmt: skip


def random_picture(rng: random.Random, icons: Icons) -> Picture:
    """A training picture: mostly scenes, some easy-VQA shapes, few of nothing."""
    kind = rng.random()
    if kind < 0.03:
        return nothing(rng)
    if kind < 0.13:
        picture = rng.choice(shape_pictures("train"))
        return replace(picture, pixels=wear(rng, picture.pixels))
    return scene_picture(rng, icons, random_truth(rng))


def as_input(pictures: list[Picture], device: str) -> Tensor:
    """Pixels as the tower takes them: (batch, 3, 64, 64), CLIP's mean and spread."""
    pixels = torch.from_numpy(np.stack([picture.pixels for picture in pictures])).to(device).float() / 255
    return ((pixels - pixels.new_tensor(MEAN)) / pixels.new_tensor(SPREAD)).permute(0, 3, 1, 2)


def rate(step: int, elapsed: float, highest: float, warm: int = 150) -> float:
    """Learning rate: a short warm-up by steps, then a cosine over the time given (``elapsed`` in 0..1)."""
    return highest * min(1.0, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(elapsed, 1.0))))


def save(path: Path, **parts: object) -> None:
    """A checkpoint, swapped in whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(parts, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def main() -> None:
    """Train for the minutes given, with a checkpoint every two minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rng = random.Random()
    icons = load_icons(ALL_STYLES, 128)
    model = tower().to(device)
    heads = PatchHeads(model.config.hidden_size).to(device)
    learner = torch.optim.AdamW(
        [*model.parameters(), *heads.parameters()], lr=given.rate, weight_decay=0.03, betas=(0.9, 0.98)
    )
    step = 0
    if CHECKPOINT.exists():
        kept = torch.load(CHECKPOINT, map_location=device)
        model.load_state_dict(kept["model"])
        heads.load_state_dict(kept["heads"])
        learner.load_state_dict(kept["learner"])
        step = kept["step"]
    start = saved = shown = time.monotonic()
    while time.monotonic() - start < given.minutes * 60:
        for group in learner.param_groups:
            group["lr"] = rate(step, (time.monotonic() - start) / (given.minutes * 60), given.rate)
        batch = [random_picture(rng, icons) for _ in range(given.batch)]
        truth = Patches.stack([patches(picture) for picture in batch])
        with torch.autocast(device, dtype=torch.bfloat16):
            features = model(as_input(batch, device)).last_hidden_state[:, 1:]
        loss, right = heads.loss(features.float(), truth.to(device))
        learner.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        learner.step()
        step += 1
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            print(
                f"{shown - start:5.0f} s step {step} loss {loss.item():.3f}",
                {kind: round(value, 2) for kind, value in right.items()},
                flush=True,
            )
        if time.monotonic() - saved > 120:
            saved = time.monotonic()
            save(
                CHECKPOINT, model=model.state_dict(), heads=heads.state_dict(), learner=learner.state_dict(), step=step
            )
    save(CHECKPOINT, model=model.state_dict(), heads=heads.state_dict(), learner=learner.state_dict(), step=step)


if __name__ == "__main__":
    main()
