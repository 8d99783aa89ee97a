"""Which model makes the picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action
from core.models import ModelCard, ModelState
from core.requests import AUTO
from ui.parts.fields import named
from ui.services import Services
from ui.show.sections.section import Section


class ModelChoice(Section):
    """See ``Section``."""

    advanced = True

    def build(self, services: Services, card: ModelCard | None) -> None:  # noqa: ARG002 - the list is the same for all
        """See Section.build."""
        cards = services.engines.cards(Action.GENERATE)
        choices = [("Best that runs here", AUTO), *((_named(each), each.id) for each in cards)]
        self.model = gr.Dropdown(choices, value=AUTO, **named("model"))

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"model": self.model}


def _named(card: ModelCard) -> str:
    if card.state is ModelState.UNAVAILABLE:
        return f"{card.title} (not here)"
    return f"{card.title} (demo)" if card.bundled else card.title
