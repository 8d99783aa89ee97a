"""/generate, /replay, /cancel and /delete."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import bounds, run_view
from core.actions import Action
from core.requests import GenerateRequest
from core.verification import verification
from ui.endpoints import shared
from ui.endpoints.signature import takes
from ui.permission import needs
from ui.services import Services, Visit


class Making:
    """Endpoints that start picture runs, stop runs and delete them."""

    for_programs = True

    def __init__(self, services: Services) -> None:
        self.services = services

    def add(self) -> None:
        """Add the endpoints to the page's API."""
        shared.endpoint(self.generate, "generate")
        shared.endpoint(self.replay, "replay")
        shared.endpoint(self.cancel, "cancel")
        shared.endpoint(self.delete, "delete")

    @needs(Action.GENERATE)
    @takes(GenerateRequest)
    def generate(self, visit: Visit, request: GenerateRequest) -> tuple[list[gr.FileData], dict[str, Any]]:
        """Make pictures from words.

        Returns the image files, as kept, with their request inside, and the record of the run.
        """
        run = shared.run(self.services, visit.actor, request)
        return shared.pictures(self.services, run), run_view.record(run, visit.actor)

    @needs(Action.GENERATE)
    def replay(self, visit: Visit, run_id: str) -> tuple[list[gr.FileData], dict[str, Any]]:
        """Make the pictures of a run again and compare.

        Returns the new image files, and the record of the new run with its verification: the verdict (identical,
        within 1/255, differs), the largest difference in 8-bit levels, and what differs in the environment.

        Args:
            run_id: the run to make again
        """
        again = shared.finished(self._again(visit, run_id))
        first = self.services.studio.get(visit.actor, run_id)
        record = run_view.record(again, visit.actor)
        record["verification"] = verification(self.services.pictures, first, again)
        return shared.pictures(self.services, again), record

    @needs(Action.OPEN_PAGE)
    def cancel(self, visit: Visit, run_id: str) -> dict[str, Any]:
        """Stop a run.

        Returns the record of the run. A run that has ended stays as it is.

        Args:
            run_id: the run to stop
        """
        return run_view.record(self.services.studio.cancel(visit.actor, run_id), visit.actor)

    @needs(Action.SEE_OWN_RUNS)
    def delete(self, visit: Visit, run_id: str, talk: bool = False) -> dict[str, int]:
        """Delete a run, or a whole talk, for good: its words, its pictures and what speaks its answers.

        Returns how many runs were deleted, the spoken ones included. A run that is under way has to be stopped first.

        Args:
            run_id: the run to delete
            talk: delete everything that belongs to the same talk
        """
        deletion = self.services.studio.deletion
        if bounds.flag("talk", talk):
            return {"deleted": deletion.delete_talk(self.services.library, visit.actor, run_id)}
        return {"deleted": deletion.delete(visit.actor, [run_id])}

    def _again(self, visit: Visit, run_id: str) -> Any:
        new = self.services.studio.replay(visit.actor, run_id, source=shared.SOURCE)
        return shared.wait(self.services, visit.actor, new)
