"""What a run of SDXL reports while it denoises, and where it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.job import Job
from pipelines.sdxl.preview import Preview

_PREVIEW_EVERY = 3

Callback = Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]


class Steps:
    """Counts the steps of all pictures of a run on one scale. A cancelled job raises out of the pipeline's loop."""

    def __init__(self, job: Job, *, total: int, done: int = 0, preview: Preview) -> None:
        """Count up to ``total``, from ``done`` that an earlier attempt did."""
        self._job = job
        self._total = total
        self._preview = preview
        self._done = done

    def of(self, stage: str, *, last: bool) -> Callback:
        """Return a ``callback_on_step_end`` for the expert ``stage``; after the ``last`` one comes the decoder."""

        def after_step(pipeline: Any, index: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - the pipelines pass it
            self._done += 1
            preview = self._preview.png(tensors["latents"]) if self._done % _PREVIEW_EVERY == 0 else None
            # Raising is the only clean stop: the pipelines' own interrupt flag would still decode a half-made picture.
            self._job.step(stage, self._done, self._total, preview)
            if last and index + 1 == pipeline.num_timesteps:
                self._job.step("decoding", self._done, self._total)
            return tensors

        return after_step

    def finishing(self) -> None:
        """Say that a decoded picture is being finished. Raises if the job was cancelled."""
        self._job.step("upscaling", self._done, self._total)
