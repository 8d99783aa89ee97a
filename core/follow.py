"""Runs that follow a run: varied, or an answer spoken. All take the one path; the page, the API and REST share them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core import record
from core.actions import Action, Actor
from core.errors import InvalidRequestError, StudioError
from core.requests import MAX_SPOKEN, RANDOM_SEED, GenerateRequest, SpeakRequest
from core.runs import Run, Status
from core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What became of speaking an answer; without a voice the answer itself stays.

    Attributes:
        run: the run that spoke, or tried to; None if it was not even accepted.
        code: stable word for scripts if there is no sound.
        message: why there is no sound, as a sentence; empty if there is one.
    """

    run: Run | None = None
    code: str = ""
    message: str = ""

    @property
    def sound(self) -> str:
        """The name of the kept sound; empty if there is none."""
        return self.run.sound if self.run is not None and not self.message else ""


def vary(studio: Studio, actor: Actor, run_id: str, *, source: str = "page") -> str:
    """Ask for the same pictures with another seed, as a child of the first run; return the new run's id.

    Raises:
        InvalidRequestError: the run made no pictures, so it has no seed.
        StudioError: as ``Studio.submit``.
    """
    run = studio.get(actor, run_id)
    request = record.from_json(run.action, run.request, studio.pictures.load)
    if not isinstance(request, GenerateRequest):
        raise InvalidRequestError("run_id", run_id, "a run that made pictures")
    return studio.submit(actor, replace(request, seed=RANDOM_SEED), source=source, parent=run.id)


def speak(
    studio: Studio,
    actor: Actor,
    run_id: str,
    *,
    language: str = "en",
    source: str = "page",
    wait: Callable[[str], Run] | None = None,
) -> Speech:
    """Speak the answer of a run and wait for the end. Whatever goes wrong with the voice is told, not raised.

    Args:
        studio: the one path.
        actor: who asks.
        run_id: the run with the answer.
        language: language tag of the voice.
        source: where the request comes from, for the log.
        wait: waits for the end of a run and returns it; ``Studio.result`` if None.

    Raises:
        UnknownRunError: there is no such run that this actor may see.
    """
    parent = studio.get(actor, run_id)
    try:
        studio.access.require(actor, Action.SPEAK)
        request = SpeakRequest(text=parent.answer[:MAX_SPOKEN], language=language)
        speech_id = studio.submit(actor, request, source=source, parent=parent.id, talk=parent.talk)
        run = wait(speech_id) if wait else studio.result(actor, speech_id)
    except StudioError as error:
        return Speech(code=error.code, message=str(error))
    if run.status is not Status.DONE or not run.sound:
        return Speech(run=run, code=run.code, message=run.message or f"This run is {run.status.value}.")
    return Speech(run=run)
