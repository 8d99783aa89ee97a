"""Figures of the bundled image model on drawings it was never shown: which thing, style and ground, and how well."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline
from numpy.typing import NDArray

from training.captions import article
from training.icons import IMAGE_STYLES, drawn, load_icons
from training.judge import NAMES, trained_judge
from training.pack import MODELS
from training.scenes import GROUNDS, draw, single
from training.singles import as_input
from training.splits import held_out

BATCH = 16
Row = tuple[str, str, str]  # concept, style, ground


@dataclass(frozen=True)
class Setting:
    """How pictures are made. ``handover`` None is the base alone."""

    steps: int = 25
    guidance: float = 3.0
    refiner_guidance: float = 1.5
    handover: float | None = 0.8


class Maker:
    """Both stock pipelines from the packed folders."""

    def __init__(self, folder: Path = MODELS) -> None:
        self.base = StableDiffusionXLPipeline.from_pretrained(folder / "base", add_watermarker=False)
        self.refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder / "refiner", add_watermarker=False)
        for pipeline in (self.base, self.refiner):
            pipeline.set_progress_bar_config(disable=True)

    def make(self, prompts: list[str], setting: Setting, seed: int = 0) -> NDArray[np.uint8]:
        """Pictures (n, height, width, 3) of the prompts; the picture at position i has the seed ``seed + i``."""
        parts = []
        for start in range(0, len(prompts), BATCH):
            part = prompts[start : start + BATCH]
            noise = [torch.Generator().manual_seed(seed + start + at) for at in range(len(part))]
            common: dict[str, Any] = {"num_inference_steps": setting.steps, "generator": noise, "output_type": "np"}
            if setting.handover is None:
                made = self.base(part, guidance_scale=setting.guidance, **common).images
            else:
                rough = self.base(
                    part,
                    guidance_scale=setting.guidance,
                    denoising_end=setting.handover,
                    **{**common, "output_type": "latent"},
                ).images
                made = self.refiner(
                    part,
                    image=rough,
                    guidance_scale=setting.refiner_guidance,
                    denoising_start=setting.handover,
                    **common,
                ).images
            parts.append((made * 255).round().astype(np.uint8))
        return np.concatenate(parts)


def held_rows() -> list[Row]:
    """One drawing never shown to the UNets for each concept that has one, styles in turn."""
    rows = []
    for at, concept in enumerate(drawn()):
        styles = IMAGE_STYLES if at % 2 else IMAGE_STYLES[::-1]
        kept = [(concept.name, s, g) for s in styles for g in GROUNDS if held_out(single(concept.name, s, g))]
        rows += kept[:1]
    return rows


def prompt(row: Row) -> str:
    """The plainest full wording: ``a fox on a blue background, flat style``."""
    name, style, ground = row
    return f"{article(name)} on {article(ground)} background, {style} style"


def true_pictures(rows: list[Row], size: int = 64) -> NDArray[np.uint8]:
    """The real drawings (n, size, size, 3)."""
    icons = load_icons(IMAGE_STYLES, 2 * size)
    return np.stack([draw(single(*row), icons, size) for row in rows])


def judged(pictures: NDArray[np.uint8], rows: list[Row]) -> NDArray[np.bool_]:
    """Whether the judge sees the right concept, style and ground: (n, 3)."""
    with torch.no_grad():
        guesses = trained_judge()(as_input(torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.device("cpu")))
    truth = [
        (NAMES.index(name), IMAGE_STYLES.index(style), list(GROUNDS).index(ground)) for name, style, ground in rows
    ]
    right: NDArray[np.bool_] = np.stack([guess.argmax(1).numpy() for guess in guesses], 1) == np.array(truth)
    return right


def decibels(pictures: NDArray[np.uint8], true: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each picture."""
    squared = np.square(pictures.astype(np.float64) - true).reshape(len(true), -1).mean(1)
    ratio: NDArray[np.float64] = 10 * np.log10(255**2 / np.maximum(squared, 1e-3))
    return ratio


def interval(share: float, count: int) -> tuple[float, float]:
    """95% interval of a share. Source: Wilson 1927, JASA 22."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return middle - half, middle + half


def coder_decibels(maker: Maker, pictures: NDArray[np.uint8]) -> float:
    """How well the coder gives the real pictures back."""
    with torch.no_grad():
        vae = maker.base.vae
        sent = as_input(torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.device("cpu"))
        back = vae.decode(vae.encode(sent).latent_dist.mode()).sample
    pixels = ((back.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return float(decibels(pixels, pictures).mean())


def figures(setting: Setting | None = None) -> dict[str, str]:
    """What is measured -> its value, ready for the table."""
    setting = setting or Setting()
    maker, rows = Maker(), held_rows()
    true = true_pictures(rows)
    prompts = [prompt(row) for row in rows]
    refined = maker.make(prompts, setting)
    alone = maker.make(prompts, Setting(setting.steps, setting.guidance, handover=None))
    right, right_alone, right_real = (judged(pictures, rows).mean(0) for pictures in (refined, alone, true))
    better = decibels(refined, true) > decibels(alone, true)
    low, high = interval(float(better.mean()), len(rows))
    plain = [(concept.name, "flat", "white") for concept in drawn()]
    named = judged(maker.make([article(row[0]) for row in plain], setting), plain)[:, 0].mean()
    started = time.perf_counter()
    for at in range(3):
        maker.make(prompts[at : at + 1], setting, seed=at)
    seconds = (time.perf_counter() - started) / 3
    return {
        f"held-out prompts (of {len(drawn())} concepts)": str(len(rows)),
        "concept right (judge)": f"{right[0]:.3f}",
        "style right (judge)": f"{right[1]:.3f}",
        "ground right (judge)": f"{right[2]:.3f}",
        "base alone: concept, style, ground": " ".join(f"{share:.3f}" for share in right_alone),
        "the judge itself on the real drawings": " ".join(f"{share:.3f}" for share in right_real),
        "concept right, name alone as the prompt": f"{named:.3f}",
        "refiner better than base alone": f"{better.mean():.3f} ({low:.3f} to {high:.3f})",
        "PSNR to the drawing, base alone": f"{decibels(alone, true).mean():.1f} dB",
        "PSNR to the drawing, refined": f"{decibels(refined, true).mean():.1f} dB",
        "coder, held-out drawings": f"{coder_decibels(maker, true):.1f} dB",
        f"one picture, {setting.steps} steps": f"{seconds:.2f} s",
    }


if __name__ == "__main__":
    for what, value in figures().items():
        print(f"{what:48} {value}")
