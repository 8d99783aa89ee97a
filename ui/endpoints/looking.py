"""/history, /run, /models and /moderate."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import gradio as gr

from core import bounds, run_view
from core.actions import Action
from core.errors import BlockedError, InvalidRequestError
from core.findings import Content, Stage
from core.models import ModelCard
from core.requests import MAX_PROMPT, REQUESTS
from core.runs import Status
from ui.endpoints import shared
from ui.framework import incoming
from ui.permission import needs
from ui.services import Services, Visit

_MOST = 200
_FAR = 1_000_000


class Looking:
    """Endpoints that read and start no run."""

    for_programs = True

    def __init__(self, services: Services) -> None:
        self.services = services

    def add(self) -> None:
        """Add the endpoints to the page's API."""
        shared.endpoint(self.history, "history")
        shared.endpoint(self.run, "run")
        shared.endpoint(self.models, "models")
        shared.endpoint(self.moderate, "moderate")

    @needs(Action.SEE_OWN_RUNS)
    def history(
        self, visit: Visit, search: str = "", action: str = "", status: str = "", limit: int = 50, offset: int = 0
    ) -> list[dict[str, Any]]:
        """List your runs, newest first.

        Returns the whole record of each run.

        Args:
            search: words in prompts, questions and answers
            action: only runs of this kind, such as generate; /models tells under serves which there are
            status: only runs in this state, such as done or blocked
            limit: at most this many, 1 to 200
            offset: leave out this many of the newest
        """
        if action:
            bounds.choice("action", action, list(REQUESTS))
        if status:
            bounds.choice("status", status, [each.value for each in Status])
        runs = self.services.library.runs(
            actor=visit.actor.name,
            search=bounds.text("search", search, MAX_PROMPT),
            action=Action(action) if action else None,
            status=Status(status) if status else None,
            limit=bounds.integer("limit", limit, 1, _MOST),
            offset=bounds.integer("offset", offset, 0, _FAR),
        )
        return [run_view.record(run, visit.actor) for run in runs]

    @needs(Action.SEE_OWN_RUNS)
    def run(self, visit: Visit, run_id: str) -> dict[str, Any]:
        """Look up one run.

        Returns its whole record, whatever its state.

        Args:
            run_id: the run
        """
        return run_view.record(self.services.studio.get(visit.actor, run_id), visit.actor)

    @needs(Action.SEE_MODELS)
    def models(self, _visit: Visit) -> list[dict[str, Any]]:
        """List the models with their present state.

        One that cannot run says what it lacks; one that knows only a few words lists them under vocabulary.
        """
        return [_listed(card) for card in self.services.engines.cards()]

    @needs(Action.MODERATE)
    def moderate(self, visit: Visit, text: str = "", image: gr.FileData | None = None) -> list[dict[str, Any]]:
        """Ask the safety rules about a prompt, a picture, or both, without making anything.

        Returns the findings; an empty list means nothing was found. A finding with the verdict block would be refused.

        Args:
            text: up to 2000 characters
            image: a picture file (PNG, JPEG, WebP, GIF or BMP)
        """
        words = bounds.text("text", text, MAX_PROMPT)
        pictures = () if image is None else (incoming.picture(self.services, image, actor=visit.actor),)
        if not words and not pictures:
            raise InvalidRequestError("text", text, "a text or a picture; both are missing")
        content = Content(stage=Stage.INPUT, texts=(("prompt", words),) if words else (), pictures=pictures)
        try:
            return run_view.findings(self.services.guard.inspect(content), visit.actor)
        except BlockedError as error:
            return run_view.findings(error.findings, visit.actor)


def _listed(card: ModelCard) -> dict[str, Any]:
    names = [field.name for field in fields(card)]
    return {name: run_view.plain(getattr(card, name)) for name in names} | {"vocabulary": card.vocabulary.listed()}
