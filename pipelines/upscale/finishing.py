"""The last step of each picture of a run, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from core.errors import EngineUnavailableError
from core.requests import Finish
from pipelines.upscale.upscaler import Upscaler


class Finishing:
    """Finishes the pictures of one run, one by one.

    Attributes:
        factor: of the sides of a picture; 1 leaves pictures as they were made.
        seconds: that each picture took so far; empty where nothing is done.
    """

    def __init__(self, finish: Finish, upscaler: Upscaler | None, between: Callable[[], Any]) -> None:
        """Make it before the first picture, so that nothing is made in vain.

        Args:
            finish: what was asked for.
            upscaler: of the engine.
            between: called before each piece of work; it may raise to stop.

        Raises:
            EngineUnavailableError: the row of the model promises an upscaler and names none.
        """
        if finish.factor > 1 and upscaler is None:
            raise EngineUnavailableError("This model's row says that it can `upscaler`, but its options name none.")
        self.factor = finish.factor
        self.seconds: list[float] = []
        self._upscaler, self._between = upscaler, between

    def __call__(self, image: Image.Image) -> Image.Image:
        """Return the finished picture."""
        if self.factor == 1 or self._upscaler is None:
            return image
        started = time.perf_counter()
        image = self._upscaler.enlarge(image, self.factor, self._between)
        self.seconds.append(round(time.perf_counter() - started, 4))
        return image

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the record says of it, known before the first picture; nothing where nothing is done."""
        if self.factor == 1 or self._upscaler is None:
            return {}
        return {
            "upscale": {
                "factor": self.factor,
                "weights": self._upscaler.source,
                "fingerprint": self._upscaler.fingerprint,
            }
        }
