"""The form of Show: a prompt, a style, a shape, one button; everything else is folded away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from core import record
from core.actions import Action
from core.errors import StudioError
from core.models import ModelCard, ModelState
from core.requests import AUTO, GenerateRequest
from core.requests.flat import from_flat
from core.runs import Run
from ui.parts.tab import Updates
from ui.services import Services
from ui.show.sections import SECTIONS
from ui.show.sections.model import ModelChoice
from ui.show.sections.words import Words

MAKE = "Make the picture"


class Form:
    """The sections, one after the other, and the two buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sections = [make() for make in SECTIONS]
        self.words = next(each for each in self._sections if isinstance(each, Words))
        self.choice = next(each for each in self._sections if isinstance(each, ModelChoice))

    def build(self) -> None:
        """Add the form to the page, in the order of reading."""
        card = self.card(AUTO)
        for section in self._sections:
            if not section.advanced:
                section.build(self._services, card)
        with gr.Row(elem_id="show-send"):
            self.make = gr.Button(MAKE, variant="primary", size="lg", elem_id="show-make", scale=3)
            self.stop = gr.Button("Stop", size="lg", elem_id="show-cancel", scale=1, min_width=96, visible=False)
        with gr.Accordion("Advanced", open=False, elem_id="show-advanced"):
            for section in self._sections:
                if section.advanced:
                    section.build(self._services, card)

    def card(self, model: str) -> ModelCard | None:
        """Return the model of that id, or what ``auto`` means; None if it cannot run here."""
        if model == AUTO:
            try:
                return self._services.engines.chosen(Action.GENERATE)
            except StudioError:
                return None
        cards = self._services.engines.cards(Action.GENERATE)
        return next((card for card in cards if card.id == model and card.state is not ModelState.UNAVAILABLE), None)

    @property
    def inputs(self) -> dict[str, Any]:
        """Names of values -> components, over all sections."""
        return {name: component for section in self._sections for name, component in section.inputs.items()}

    def request(self, **values: Any) -> GenerateRequest:
        """Return what the form asks for. Raises InvalidRequestError with the field and what is allowed."""
        fields: dict[str, Any] = {}
        for section in self._sections:
            fields |= section.asked(values)
        request: GenerateRequest = from_flat(GenerateRequest, fields)
        return request

    def load(self, run: Run) -> Updates:
        """Return the updates that put the request of ``run`` into the form, seed and model included."""
        values: Mapping[str, Any] = record.flat(run.action, run.request)
        return {component: value for section in self._sections for component, value in section.load(values).items()}

    def fits(self, model: str) -> Updates:
        """Return the updates that show what a model can do, and hide what it cannot."""
        card = self.card(model)
        return {component: value for section in self._sections for component, value in section.fits(card).items()}
