"""/ask, /describe and /speak."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import run_view
from core.actions import Action
from core.errors import InvalidRequestError, StudioError
from core.requests import MAX_SPOKEN, AskRequest, DescribeRequest, SpeakRequest, Turn
from core.runs import Run, Status
from ui import incoming, named, sentences
from ui.desk import Desk, Visit
from ui.endpoints import offer
from ui.permission import needs


class Telling:
    """Endpoints that answer, describe and speak."""

    for_programs = True

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def offer(self) -> None:
        """Add the endpoints to the page's API."""
        offer.offer(self.ask, "ask")
        offer.offer(self.describe, "describe")
        offer.offer(self.speak, "speak")

    @needs(Action.ASK)
    def ask(
        self,
        visit: Visit,
        image: gr.FileData,
        question: str,
        history: list[dict[str, str]] = [],  # noqa: B006 - never changed; Gradio shows the default to programs
        model: str = "auto",
        speak: bool = False,
        language: str = "en",
    ) -> tuple[str, gr.FileData | None, dict[str, Any]]:
        """Answer a question about a picture.

        Returns the answer, an audio file or none, and the record of the run. Without a voice the answer still comes;
        the record then says why, under speech.

        Args:
            image: the picture file (PNG, JPEG, WebP, GIF or BMP)
            question: 1 to 2000 characters
            history: earlier turns about this picture, oldest first, each with question and answer
            model: id of an answer model, or auto
            speak: also speak the answer
            language: language tag of the voice, such as en, pt-BR or es-419
        """
        picture = incoming.picture(self.desk, image, actor=visit.actor)
        request = AskRequest(image=picture, question=question, history=_turns(history), model=model)
        run = offer.run(self.desk, visit.actor, request)
        told = run_view.record(run, visit.actor)
        if not speak:
            return run.answer, None, told
        audio, told["speech"] = self._voice(visit, run, language)
        return run.answer, audio, told

    @needs(Action.DESCRIBE)
    def describe(self, visit: Visit, image: gr.FileData, length: str = "short", model: str = "auto") -> str:
        """Describe a picture.

        Returns the description, fit to be the picture's alternative text.

        Args:
            image: the picture file (PNG, JPEG, WebP, GIF or BMP)
            length: short for one phrase, long for a few sentences
            model: id of an answer model, or auto
        """
        picture = incoming.picture(self.desk, image, actor=visit.actor)
        request = DescribeRequest(image=picture, length=length, model=model)
        return offer.run(self.desk, visit.actor, request).answer

    @needs(Action.SPEAK)
    def speak(
        self, visit: Visit, text: str, language: str = "en", voice: str = "auto"
    ) -> tuple[gr.FileData, dict[str, Any]]:
        """Speak a text.

        Returns the audio file and the record of the run.

        Args:
            text: 1 to 1000 characters
            language: language tag such as en, pt-BR or es-419
            voice: id of a voice, or auto: Google's where it is reached (it then gets the text), else the offline voice
        """
        run = offer.run(self.desk, visit.actor, SpeakRequest(text=text, language=language, voice=voice))
        with offer.delivering(run):
            return self._sound(run), run_view.record(run, visit.actor)

    def _voice(self, visit: Visit, answered: Run, language: str) -> tuple[Any, dict[str, Any]]:
        try:
            self.desk.access.require(visit.actor, Action.SPEAK)
            request = SpeakRequest(text=answered.answer[:MAX_SPOKEN], language=language)
            run_id = self.desk.studio.submit(visit.actor, request, source=offer.SOURCE, parent=answered.id)
            run = offer.wait(self.desk, visit.actor, run_id)
            sound = self._sound(run) if run.status is Status.DONE else None
        except StudioError as error:
            return None, {"status": "failed", "code": error.code, "message": str(error)}
        if sound is None:
            return None, {"id": run.id, "status": run.status.value, "code": run.code, "message": sentences.ended(run)}
        return sound, {"id": run.id, "status": run.status.value, "model": run.model}

    def _sound(self, run: Run) -> Any:
        return offer.file(named.sound(self.desk, run))


def _turns(history: Any) -> tuple[Turn, ...]:
    allowed = 'a list of turns such as {"question": "What is this?", "answer": "An apple."}'
    if not isinstance(history, list):
        raise InvalidRequestError("history", history, allowed)
    turns = []
    for turn in history:
        if not isinstance(turn, dict) or set(turn) != {"question", "answer"}:
            raise InvalidRequestError("history", turn, allowed)
        turns.append(Turn(question=turn["question"], answer=turn["answer"]))
    return tuple(turns)
