"""Style and shape, as chips."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.models import ModelCard
from core.requests import ASPECT_RATIOS
from ui.parts.fields import named
from ui.parts.tab import Updates
from ui.services import Services, StyleChoice
from ui.show.sections.section import Section, Values

_NONE = ("None", "none")


class Look(Section):
    """See ``Section``."""

    advanced = False

    def build(self, services: Services, card: ModelCard | None) -> None:
        """See Section.build."""
        self._styles = services.styles
        styles = self.styles(card)
        self.style = gr.Radio(styles, value="none", visible=len(styles) > 1, elem_classes="chips", **named("style"))
        self.shape = gr.Radio(
            [(ratio.capitalize(), ratio) for ratio in ASPECT_RATIOS],
            value="square",
            elem_classes="chips",
            **named("aspect_ratio"),
        )

    def styles(self, card: ModelCard | None) -> list[tuple[str, str]]:
        """Return the styles (title, id) that a model knows."""
        return [_NONE, *((style.title, style.id) for style in self._known(card))]

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"style": self.style, "aspect_ratio": self.shape}

    def load(self, values: Values) -> Updates:
        """See Section.load."""
        known = {style.id for style in self._styles}
        return {
            self.style: values["style"] if values["style"] in known else "none",
            self.shape: values["aspect_ratio"],
        }

    def fits(self, card: ModelCard | None) -> Updates:
        """See Section.fits."""
        styles = self.styles(card)
        return {self.style: gr.update(choices=styles, value="none", visible=len(styles) > 1)}

    def _known(self, card: ModelCard | None) -> list[StyleChoice]:
        return [style for style in self._styles if card is not None and style.id in card.styles]
