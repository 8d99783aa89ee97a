"""The picture checker of Stable Diffusion, read for its cosines: it scores, and neither blackens nor decides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pipelines.machine.loading import ONE_AT_A_TIME, without_unused


class ConceptChecker:
    """A loaded ``StableDiffusionSafetyChecker`` on the CPU: a picture takes milliseconds there. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Load the folder, once nothing else is being loaded; nothing is fetched from elsewhere.

        Raises:
            OSError: a file is missing or broken.
        """
        with ONE_AT_A_TIME:
            self._load(folder)

    def _load(self, folder: Path) -> None:
        without_unused()
        # Here, since the page starts before any of these: it is wired with this class.
        import torch  # noqa: PLC0415 - as said
        from diffusers.pipelines.stable_diffusion.safety_checker import (  # noqa: PLC0415 - as said
            StableDiffusionSafetyChecker,
        )
        from transformers import CLIPImageProcessorPil  # noqa: PLC0415 - as said

        self._torch = torch
        self._model = StableDiffusionSafetyChecker.from_pretrained(folder, local_files_only=True).eval()
        self._processor = CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)

    @property
    def limits(self) -> Sequence[float]:
        """For each concept the cosine from which it counts as seen; they are part of the weights."""
        limits: list[float] = self._model.concept_embeds_weights.tolist()
        return limits

    def cosines(self, image: Image.Image) -> Sequence[float]:
        """Return how near an RGB picture is to each concept, -1..1."""
        with self._torch.inference_mode():
            pixels = self._processor(image, return_tensors="pt").pixel_values
            seen = self._model.visual_projection(self._model.vision_model(pixels).pooler_output)
            near: list[float] = self._torch.cosine_similarity(seen, self._model.concept_embeds).tolist()
        return near
