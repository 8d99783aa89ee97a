"""/ask, /describe and /speak."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import follow, run_view
from core.actions import Action
from core.errors import StudioError
from core.requests import AUTO, AskRequest, DescribeRequest, SpeakRequest
from core.runs import Run
from ui.endpoints import shared
from ui.endpoints.signature import takes
from ui.parts import named
from ui.permission import needs
from ui.services import Services, Visit


class Telling:
    """Endpoints that answer, describe and speak."""

    for_programs = True

    def __init__(self, services: Services) -> None:
        self.services = services

    def add(self) -> None:
        """Add the endpoints to the page's API."""
        shared.endpoint(self.ask, "ask")
        shared.endpoint(self.describe, "describe")
        shared.endpoint(self.speak, "speak")

    @needs(Action.ASK)
    @takes(AskRequest)
    def ask(
        self, visit: Visit, request: AskRequest, speak: bool = False, language: str = "en", voice: str = AUTO
    ) -> tuple[str, gr.FileData | None, dict[str, Any]]:
        """Answer a question about a picture.

        Returns the answer, an audio file or none, and the record of the run. Without a voice the answer still comes;
        the record then says why, under speech.

        Args:
            speak: also speak the answer
            language: language tag of the voice, such as en, pt-BR or es-419
            voice: id of the voice that speaks it, or auto
        """
        run = shared.run(self.services, visit.actor, request)
        record = run_view.record(run, visit.actor)
        if not speak:
            return run.answer, None, record
        audio, record["speech"] = self._voice(visit, run, language, voice)
        return run.answer, audio, record

    @needs(Action.DESCRIBE)
    @takes(DescribeRequest)
    def describe(self, visit: Visit, request: DescribeRequest) -> str:
        """Describe a picture.

        Returns the description, fit to be the picture's alternative text.
        """
        return shared.run(self.services, visit.actor, request).answer

    @needs(Action.SPEAK)
    @takes(SpeakRequest)
    def speak(self, visit: Visit, request: SpeakRequest) -> tuple[gr.FileData, dict[str, Any]]:
        """Speak a text.

        Returns the audio file and the record of the run.
        """
        run = shared.run(self.services, visit.actor, request)
        with shared.delivering(run):
            return self._sound(run), run_view.record(run, visit.actor)

    def _voice(self, visit: Visit, answer: Run, language: str, voice: str) -> tuple[Any, dict[str, Any]]:
        def wait(run_id: str) -> Run:
            return shared.wait(self.services, visit.actor, run_id)

        studio, actor = self.services.studio, visit.actor
        speech = follow.speak(studio, actor, answer.id, language=language, voice=voice, source=shared.SOURCE, wait=wait)
        run = {"id": speech.run.id, "status": speech.run.status.value} if speech.run else {"status": "failed"}
        if speech.run is None or speech.message:
            return None, {**run, "code": speech.code, "message": speech.message}
        try:
            return self._sound(speech.run), {**run, "model": speech.run.model}
        except StudioError as error:
            return None, {**run, "code": error.code, "message": str(error)}

    def _sound(self, run: Run) -> Any:
        return shared.file(named.sound(self.services, run))
