"""Steps, guidance, hand-over and scheduler: what a model without steps or refiner hides."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.models import ModelCard
from core.requests import HANDOVER
from ui.parts.fields import named
from ui.parts.tab import Updates
from ui.services import Services
from ui.show.sections.section import Section, Values

_TITLES = {
    "default": "the model's own",
    "euler": "Euler",
    "euler_ancestral": "Euler ancestral",
    "ddim": "DDIM",
    "dpmpp_2m": "DPM++ 2M",
    "heun": "Heun",
    "unipc": "UniPC",
}


class SamplingSection(Section):
    """See ``Section``."""

    advanced = True

    def build(self, services: Services, card: ModelCard | None) -> None:  # noqa: ARG002 - the card says it all
        """See Section.build."""
        refines, steps, guidance = self._able(card)
        with gr.Row():
            own = {"placeholder": "the model's own", "min_width": 120, "visible": steps > 0}
            # An empty number would come back as 0, so the model's own numbers stand here.
            self.steps = gr.Number(steps, precision=0, **own, **named("steps"))
            self.guidance = gr.Number(guidance, **own, **named("guidance"))
        with gr.Row():
            self.handover = gr.Slider(
                0.05,
                0.95,
                value=HANDOVER,
                step=0.05,
                info="share of the noise schedule",
                visible=refines,
                **named("handover"),
            )
            self.base_only = gr.Checkbox(
                not refines, label="Base only", visible=refines, elem_id="show-base-only", min_width=120
            )
        choices = self._schedulers(card)
        self.scheduler = gr.Dropdown(choices, value="default", visible=len(choices) > 1, **named("scheduler"))

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {
            "steps": self.steps,
            "guidance": self.guidance,
            "handover": self.handover,
            "base_only": self.base_only,
            "scheduler": self.scheduler,
        }

    def asked(self, values: Values) -> Values:
        """See Section.asked. No steps means the model's own numbers."""
        own = not values["steps"]
        return {
            "steps": None if own else values["steps"],
            "guidance": None if own and not values["guidance"] else values["guidance"],
            "handover": None if values["base_only"] else values["handover"],
            "scheduler": values["scheduler"],
        }

    def load(self, values: Values) -> Updates:
        """See Section.load."""
        handover = values["handover"]
        return {
            self.steps: values["steps"] or 0,
            self.guidance: values["guidance"] or 0.0,
            self.handover: HANDOVER if handover is None else handover,
            self.base_only: handover is None,
            self.scheduler: values["scheduler"],
        }

    def fits(self, card: ModelCard | None) -> Updates:
        """See Section.fits."""
        refines, steps, guidance = self._able(card)
        choices = self._schedulers(card)
        return {
            self.steps: gr.update(value=steps, visible=steps > 0),
            self.guidance: gr.update(value=guidance, visible=steps > 0),
            self.handover: gr.update(value=HANDOVER, visible=refines),
            self.base_only: gr.update(value=not refines, visible=refines),
            self.scheduler: gr.update(choices=choices, value="default", visible=len(choices) > 1),
        }

    def _able(self, card: ModelCard | None) -> tuple[bool, int, float]:
        return (False, 0, 0.0) if card is None else ("refiner" in card.can, card.steps, card.guidance)

    def _schedulers(self, card: ModelCard | None) -> list[tuple[str, str]]:
        names = dict.fromkeys(("default", *(card.schedulers if card else ())))
        return [(_TITLES.get(name, name), name) for name in names]
