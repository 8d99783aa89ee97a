"""One upscaler, the bundled one or any other: PIL pictures in, larger ones out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from PIL import Image

from core.errors import EngineFailedError
from core.requests import LARGEST
from pipelines.machine import weights
from pipelines.upscale import files
from pipelines.upscale.library import spandrel
from pipelines.upscale.tiles import TILE, enlarged


class Upscaler:
    """A network in memory.

    Attributes:
        source: where its weights come from, as the row of the model says it.
        fingerprint: SHA-256 of the weights.
        scale: how many times longer each side becomes in one pass.
    """

    def __init__(self, source: str, device: torch.device, *, hub: bool = False) -> None:
        """Load it; in half precision where the device and the network are at home in it.

        Raises:
            EngineUnavailableError: see ``files.find`` and ``files.read``.
        """
        path = files.find(source, hub=hub)
        self._model: Any = files.read(path).to(device)
        if device.type == "cuda" and self._model.supports_half:
            self._model.half()
        self.source, self.fingerprint, self.scale = source, weights.digest(path), int(self._model.scale)

    @property
    def environment(self) -> Mapping[str, Any]:
        """What a replay needs to be equal; see ``core.ports.Engine.environment``."""
        return {"spandrel": version("spandrel"), "upscaler": self.fingerprint}

    def enlarge(self, image: Image.Image, factor: int, between: Callable[[], Any]) -> Image.Image:
        """Return the picture (RGB) with sides ``factor`` times as long.

        Args:
            image: RGB.
            factor: a power of ``scale``: larger ones take several passes.
            between: called before each piece of work; it may raise to stop.

        Raises:
            EngineFailedError: the result would be too large, or the factor is no power of the scale.
        """
        if image.width * image.height * factor**2 > LARGEST:
            raise EngineFailedError(
                f"{image.width} x {image.height} pixels cannot become {factor} times larger: "
                f"a finished picture has at most {LARGEST:,} pixels."
            )
        while factor > 1:
            if factor % self.scale:
                raise EngineFailedError(f"These weights enlarge {self.scale} times, which never makes {factor} times.")
            image, factor = self._once(image, between), factor // self.scale
        return image

    def _once(self, image: Image.Image, between: Callable[[], Any]) -> Image.Image:
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).movedim(-1, 0)
        # Some networks cut the picture up themselves, since they need to see all of it.
        whole = self._model.tiling is spandrel().ModelTiling.INTERNAL
        tile = max(image.size) if whole else TILE
        with torch.inference_mode():
            made = enlarged(pixels, self._network, self.scale, between=between, tile=tile)
        return Image.fromarray(made.movedim(0, -1).contiguous().numpy())

    def _network(self, pixels: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self._model(pixels.to(self._model.device, self._model.dtype))
        return made
