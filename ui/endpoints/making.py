"""/generate, /replay and /cancel."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import run_view
from core.actions import Action
from core.requests import GenerateRequest
from ui import replay
from ui.desk import Desk, Visit
from ui.endpoints import offer
from ui.permission import needs


class Making:
    """Endpoints that start and stop picture runs."""

    for_programs = True

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def offer(self) -> None:
        """Add the endpoints to the page's API."""
        offer.offer(self.generate, "generate")
        offer.offer(self.replay, "replay")
        offer.offer(self.cancel, "cancel")

    @needs(Action.GENERATE)
    def generate(
        self,
        visit: Visit,
        prompt: str,
        negative_prompt: str = "",
        style: str = "none",
        aspect_ratio: str = "square",
        count: int = 1,
        seed: int = -1,
        steps: int | None = None,
        guidance: float | None = None,
        handover: float | None = 0.8,
        scheduler: str = "default",
        model: str = "auto",
    ) -> tuple[list[gr.FileData], dict[str, Any]]:
        """Make pictures from words.

        Returns the image files, as kept, with their request inside, and the record of the run.

        Args:
            prompt: what to see, 1 to 2000 characters
            negative_prompt: what to keep out, up to 2000 characters
            style: id of a prompt style, or none
            aspect_ratio: square, portrait or landscape
            count: pictures, 1 to 8; picture i has the seed plus i
            seed: 0 to 4294967295, or -1 for a new one
            steps: denoising steps over base and refiner, 1 to 150; none for the model's own number
            guidance: classifier-free guidance scale, 0 to 30; none for the model's own
            handover: where in the noise schedule the refiner takes over, between 0 and 1; none for the base alone
            scheduler: default, euler, euler_ancestral, ddim, dpmpp_2m, heun or unipc
            model: id of a model, or auto for the best that runs here
        """
        request = GenerateRequest(
            prompt=prompt,
            negative_prompt=negative_prompt,
            style=style,
            aspect_ratio=aspect_ratio,
            count=count,
            seed=seed,
            steps=steps,
            guidance=guidance,
            handover=handover,
            scheduler=scheduler,
            model=model,
        )
        run = offer.run(self.desk, visit.actor, request)
        return offer.pictures(self.desk, run), run_view.record(run, visit.actor)

    @needs(Action.GENERATE)
    def replay(self, visit: Visit, run_id: str) -> tuple[list[gr.FileData], dict[str, Any]]:
        """Make the pictures of a run again and compare.

        Returns the new image files, and the record of the new run with its verification: the verdict (identical,
        within 1/255, differs), the largest difference in 8-bit levels, and what differs in the environment.

        Args:
            run_id: the run to make again
        """
        again = offer.finished(self._again(visit, run_id))
        first = self.desk.studio.get(visit.actor, run_id)
        told = {**run_view.record(again, visit.actor), "verification": replay.verification(self.desk, first, again)}
        return offer.pictures(self.desk, again), told

    @needs(Action.OPEN_PAGE)
    def cancel(self, visit: Visit, run_id: str) -> dict[str, Any]:
        """Stop a run.

        Returns the record of the run. A run that has ended stays as it is.

        Args:
            run_id: the run to stop
        """
        return run_view.record(self.desk.studio.cancel(visit.actor, run_id), visit.actor)

    def _again(self, visit: Visit, run_id: str) -> Any:
        new = self.desk.studio.replay(visit.actor, run_id, source=offer.SOURCE)
        return offer.wait(self.desk, visit.actor, new)
