"""How large the finished picture is."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.models import ModelCard
from core.requests import AS_MADE, FACTORS
from ui.parts.fields import named
from ui.parts.tab import Updates
from ui.services import Services
from ui.show.sections.section import Section, Values

_CHOICES = [("As made", AS_MADE), *((f"\u00d7{factor}", word) for word, factor in FACTORS.items())]


class FinishSection(Section):
    """See ``Section``."""

    advanced = True

    def build(self, services: Services, card: ModelCard | None) -> None:  # noqa: ARG002 - the card says it all
        """See Section.build."""
        own, able = self._own(card)
        self.upscale = gr.Radio(_CHOICES, value=own, visible=able, elem_classes="chips", **named("upscale"))

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"upscale": self.upscale}

    def load(self, values: Values) -> Updates:
        """See Section.load."""
        return {self.upscale: values["upscale"] if values["upscale"] in FACTORS else AS_MADE}

    def fits(self, card: ModelCard | None) -> Updates:
        """See Section.fits."""
        own, able = self._own(card)
        return {self.upscale: gr.update(value=own, visible=able)}

    def _own(self, card: ModelCard | None) -> tuple[str, bool]:
        return (AS_MADE, False) if card is None else (card.upscale, "upscaler" in card.can)
