from __future__ import annotations

import io

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image

from pipelines.machine.weights import ROOT
from pipelines.sdxl.preview import Preview


def shown(preview: Preview, latents: torch.Tensor) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(preview.png(latents)))).astype(float)


def test_a_fitted_preview_resembles_what_the_decoder_makes() -> None:
    vae = AutoencoderKL.from_pretrained(ROOT / "assets/models/emoji-sdxl/base/vae", dtype=torch.float32)
    icon = Image.new("RGB", (64, 64), "red")
    icon.paste((30, 60, 220), (8, 8, 40, 40))
    icon.paste("white", (40, 40, 60, 60))
    levels = torch.tensor(np.asarray(icon)).movedim(-1, 0)[None] / 127.5 - 1
    with torch.inference_mode():
        latents = vae.encode(levels).latent_dist.mode() * vae.config.scaling_factor
    made = shown(Preview.fitted(vae, 16), latents)
    small = np.asarray(icon.resize((16, 16), Image.Resampling.BOX)).astype(float)
    assert made.shape == small.shape
    assert np.corrcoef(made.ravel(), small.ravel())[0, 1] > 0.8


def test_the_published_colours_are_gray_without_a_latent_and_bounded_with_a_large_one() -> None:
    preview = Preview.published()
    assert shown(preview, torch.zeros(1, 4, 2, 3))[0, 0].tolist() == [150, 140, 130]
    assert shown(preview, torch.full((1, 4, 2, 3), 100.0)).min() == 0
    assert shown(preview, torch.zeros(1, 4, 2, 3)).shape == (2, 3, 3)
