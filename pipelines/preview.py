"""Small live previews: latents to colours by one matrix, without the decoder."""

from __future__ import annotations

import io
from typing import Any

import torch
from PIL import Image

# RGB levels (0..255) per unit of each of SDXL's four latent channels, and the levels of an all-zero latent.
# Source: T. A. Vass, "Explaining the SDXL latent space", Hugging Face blog, 2023.
_SDXL = torch.tensor([[60.0, 60.0, 60.0], [-60.0, -5.0, 10.0], [25.0, 15.0, -5.0], [-70.0, -50.0, -35.0]])
_SDXL_BIAS = torch.tensor([150.0, 140.0, 130.0])
_SAMPLES = 24


class Preview:
    """Turns the latents of one picture into a PNG of latent size."""

    def __init__(self, matrix: torch.Tensor, bias: torch.Tensor) -> None:
        """Make a preview from levels per latent channel, shape (4, 3), and the levels of a zero latent, shape (3,)."""
        self._matrix = matrix
        self._bias = bias

    @classmethod
    def published(cls) -> Preview:
        """Return the preview for SDXL's own decoder."""
        return cls(_SDXL, _SDXL_BIAS)

    @classmethod
    def fitted(cls, vae: Any, size: int) -> Preview:
        """Return the best linear stand-in for this decoder: least squares on smooth random latents of ``size``."""
        chance = torch.Generator("cpu").manual_seed(0)
        coarse = torch.randn(_SAMPLES, 4, max(size // 4, 1), max(size // 4, 1), generator=chance)
        smooth = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic")
        latents = smooth + 0.3 * torch.randn(smooth.shape, generator=chance)
        with torch.inference_mode():
            colours = vae.decode((latents / vae.config.scaling_factor).to(vae.device, vae.dtype)).sample.float().cpu()
        levels = (torch.nn.functional.adaptive_avg_pool2d(colours, size) + 1) * 127.5
        points = latents.movedim(1, -1).reshape(-1, 4)
        points = torch.cat([points, torch.ones(len(points), 1)], dim=1)
        solution = torch.linalg.lstsq(points, levels.movedim(1, -1).reshape(-1, 3)).solution
        return cls(solution[:4], solution[4])

    def png(self, latents: torch.Tensor) -> bytes:
        """Return PNG bytes for latents of shape (1, 4, height, width)."""
        levels = latents[0].detach().float().cpu().movedim(0, -1) @ self._matrix + self._bias
        file = io.BytesIO()
        Image.fromarray(levels.clamp(0, 255).byte().numpy()).save(file, "PNG", compress_level=1)
        return file.getvalue()
