"""The form of Show: a prompt, a style, a shape, one button; everything else is folded away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from core import record
from core.actions import Action, Actor
from core.errors import StudioError
from core.models import ModelCard, ModelState
from core.requests import AUTO, GenerateRequest
from core.requests.flat import from_flat
from core.runs import Run
from ui.parts.browser import KeptForm, Remembered
from ui.parts.fields import PLAIN, as_update, bounded, takes
from ui.parts.problems import Problems
from ui.parts.tab import Updates
from ui.services import Services, Visit
from ui.show.active import Active
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
        self.active = Active(services, self._sections)

    def build(self, demo: gr.Blocks) -> None:
        """Add the form to the page, in the order of reading; it is filled in when ``demo`` is opened."""
        card = self.card(AUTO)
        for section in self._sections:
            if not section.advanced:
                section.build(self._services, card)
            if section is self.words:
                self.active.build()
                self.words.build_examples(self._services)
        with gr.Row(elem_id="show-send"):
            self.make = gr.Button(MAKE, variant="primary", size="lg", elem_id="show-make", scale=3)
            self.stop = gr.Button("Stop", size="lg", elem_id="show-cancel", scale=1, min_width=96, visible=False)
        with gr.Accordion("Advanced", open=False, elem_id="show-advanced"):
            for section in self._sections:
                if section.advanced:
                    section.build(self._services, card)
        # The model whose own numbers the form shows, whatever ``auto`` means at another time.
        self.fitted = gr.Textbox(card.id if card else "", visible=False)
        self.problems = Problems(self.inputs)
        self.problems.build("show-problem")
        self.active.wire(self.inputs)
        plain = {name: component for name, component in self.inputs.items() if isinstance(component, PLAIN)}
        kept = {**plain, "fitted": self.fitted}
        self.kept = KeptForm(self._services, "show", kept, self.fill, beside=[self.active.row])
        self.kept.wire(demo)
        self.words.known.wire(self.card, self.inputs)

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

    @property
    def outputs(self) -> list[Any]:
        """Return everything that filling in the form may change."""
        return [*self.inputs.values(), self.fitted, self.active.row]

    def request(self, **values: Any) -> GenerateRequest:
        """Return what the form asks for. Raises InvalidRequestError with the field and what is allowed."""
        fields: dict[str, Any] = {}
        for section in self._sections:
            fields |= section.asked(values)
        request: GenerateRequest = from_flat(GenerateRequest, fields)
        return request

    def load(self, run: Run, actor: Actor) -> Updates:
        """Return the updates that put the request of ``run`` into the form, seed and model included."""
        flat: Mapping[str, Any] = record.flat(run.action, run.request)
        updates = {component: value for section in self._sections for component, value in section.load(flat).items()}
        names = {component: name for name, component in self.inputs.items()}
        return self._filled(
            {names[part]: as_update(bounded(names[part], part, update, actor)) for part, update in updates.items()},
            actor,
        )

    def fits(self, model: str, actor: Actor) -> Updates:
        """Return the updates that show what a model can do and the role may ask for, and hide the rest."""
        card = self.card(model)
        updates = {component: value for section in self._sections for component, value in section.fits(card).items()}
        updates[self.fitted] = card.id if card else ""
        for name, component in self.inputs.items():
            updates[component] = bounded(name, component, updates.get(component, gr.update()), actor)
        return updates

    def fill(self, visit: Visit, remembered: Remembered) -> Updates:
        """Return the updates for a page that is opened: the run of its address, or what was written here before."""
        named = str(visit.query.get("run", ""))
        if named and named != remembered.run:
            try:
                run = self._services.studio.get(visit.actor, named)
            except StudioError:
                pass  # The tab that shows it says so.
            else:
                if run.action == Action.GENERATE:
                    return self.load(run, visit.actor)
        # Whatever a value looks like, it is no more than one.
        kept = {name: dict(gr.update(value=value)) for name, value in remembered.values.items()}
        return self._filled(kept, visit.actor)

    def _filled(self, given: Mapping[str, dict[str, Any]], actor: Actor) -> Updates:
        """Return the updates that show what is given as far as it holds now, and the ordinary values for the rest."""
        model = given.get("model", {}).get("value", AUTO)
        if not isinstance(model, str) or self.card(model) is None:
            model = AUTO
        updates = {part: as_update(update) for part, update in self.fits(model, actor).items()}
        # The numbers of one model are no choice for another.
        fitted = updates[self.fitted]["value"]
        foreign = given.get("fitted", {}).get("value", fitted) != fitted
        shown: dict[str, Any] = {}
        for name, part in self.inputs.items():
            ordinary, update = updates[part], given.get(name, {})
            if update and not (foreign and "value" in ordinary):
                value = model if part is self.choice.model else update["value"]
                choices = ordinary.get("choices", getattr(part, "choices", ()))
                if isinstance(part, PLAIN) and not takes(name, part, value, choices, actor):
                    value = ordinary.get("value", part.value)
                updates[part] = {**update, **ordinary, "value": value}
            shown[name] = updates[part].get("value", part.value)
        return {**updates, **self.active.shown(shown)}
