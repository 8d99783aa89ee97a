"""Small live previews: latents to colours by one small convolution, without the decoder."""

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
_SIDE = 3  # of the square of latents that a fitted preview reads


class Preview:
    """Turns the latents of one picture into a PNG of latent size."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        """Make a preview.

        Args:
            weight: levels for each latent of a square around a point, shape (3, 4, side, side), side odd.
            bias: the levels of an all-zero latent, shape (3,).
        """
        self._weight = weight
        self._bias = bias

    @classmethod
    def published(cls) -> Preview:
        """Return the preview for SDXL's own decoder."""
        return cls(_SDXL.T[:, :, None, None], _SDXL_BIAS)

    @classmethod
    def fitted(cls, vae: Any, size: int) -> Preview:
        """Return the best linear stand-in for this decoder: least squares on smooth random latents of ``size``.

        A latent and its eight neighbours make a point's colour: alone it tells too little.
        """
        chance = torch.Generator("cpu").manual_seed(0)
        coarse = torch.randn(_SAMPLES, 4, max(size // 4, 1), max(size // 4, 1), generator=chance)
        smooth = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic")
        latents = smooth + 0.3 * torch.randn(smooth.shape, generator=chance)
        with torch.inference_mode():
            colours = vae.decode((latents / vae.config.scaling_factor).to(vae.device, vae.dtype)).sample.float().cpu()
        levels = (torch.nn.functional.adaptive_avg_pool2d(colours, size) + 1) * 127.5
        points = torch.nn.functional.unfold(_edged(latents, _SIDE), _SIDE).movedim(1, -1).reshape(-1, 4 * _SIDE**2)
        points = torch.cat([points, torch.ones(len(points), 1)], dim=1)
        solution = torch.linalg.lstsq(points, levels.movedim(1, -1).reshape(-1, 3)).solution
        return cls(solution[:-1].T.reshape(3, 4, _SIDE, _SIDE), solution[-1])

    def png(self, latents: torch.Tensor) -> bytes:
        """Return PNG bytes for latents of shape (1, 4, height, width)."""
        edged = _edged(latents[:1].detach().float().cpu(), self._weight.shape[-1])
        levels = torch.nn.functional.conv2d(edged, self._weight, self._bias)[0].movedim(0, -1)
        file = io.BytesIO()
        Image.fromarray(levels.clamp(0, 255).byte().numpy()).save(file, "PNG", compress_level=1)
        return file.getvalue()


def _edged(latents: torch.Tensor, side: int) -> torch.Tensor:
    """Return the latents with their border repeated, so that a square of ``side`` around each point is within."""
    return torch.nn.functional.pad(latents, (side // 2,) * 4, mode="replicate")
