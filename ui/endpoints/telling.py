"""/ask, /describe and /speak."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import follow, run_view
from core.actions import Action
from core.errors import StudioError
from core.requests import AskRequest, DescribeRequest, SpeakRequest
from core.runs import Run
from ui.desk import Services, Visit
from ui.endpoints import offer
from ui.endpoints.signature import takes
from ui.parts import named
from ui.permission import needs


class Telling:
    """Endpoints that answer, describe and speak."""

    for_programs = True

    def __init__(self, services: Services) -> None:
        self.services = services

    def offer(self) -> None:
        """Add the endpoints to the page's API."""
        offer.offer(self.ask, "ask")
        offer.offer(self.describe, "describe")
        offer.offer(self.speak, "speak")

    @needs(Action.ASK)
    @takes(AskRequest)
    def ask(
        self, visit: Visit, request: AskRequest, speak: bool = False, language: str = "en"
    ) -> tuple[str, gr.FileData | None, dict[str, Any]]:
        """Answer a question about a picture.

        Returns the answer, an audio file or none, and the record of the run. Without a voice the answer still comes;
        the record then says why, under speech.

        Args:
            speak: also speak the answer
            language: language tag of the voice, such as en, pt-BR or es-419
        """
        run = offer.run(self.services, visit.actor, request)
        told = run_view.record(run, visit.actor)
        if not speak:
            return run.answer, None, told
        audio, told["speech"] = self._voice(visit, run, language)
        return run.answer, audio, told

    @needs(Action.DESCRIBE)
    @takes(DescribeRequest)
    def describe(self, visit: Visit, request: DescribeRequest) -> str:
        """Describe a picture.

        Returns the description, fit to be the picture's alternative text.
        """
        return offer.run(self.services, visit.actor, request).answer

    @needs(Action.SPEAK)
    @takes(SpeakRequest)
    def speak(self, visit: Visit, request: SpeakRequest) -> tuple[gr.FileData, dict[str, Any]]:
        """Speak a text.

        Returns the audio file and the record of the run.
        """
        run = offer.run(self.services, visit.actor, request)
        with offer.delivering(run):
            return self._sound(run), run_view.record(run, visit.actor)

    def _voice(self, visit: Visit, answered: Run, language: str) -> tuple[Any, dict[str, Any]]:
        def wait(run_id: str) -> Run:
            return offer.wait(self.services, visit.actor, run_id)

        studio, actor = self.services.studio, visit.actor
        spoken = follow.speak(studio, actor, answered.id, language=language, source=offer.SOURCE, wait=wait)
        run = {"id": spoken.run.id, "status": spoken.run.status.value} if spoken.run else {"status": "failed"}
        if spoken.run is None or spoken.message:
            return None, {**run, "code": spoken.code, "message": spoken.message}
        try:
            return self._sound(spoken.run), {**run, "model": spoken.run.model}
        except StudioError as error:
            return None, {**run, "code": error.code, "message": str(error)}

    def _sound(self, run: Run) -> Any:
        return offer.file(named.sound(self.services, run))
