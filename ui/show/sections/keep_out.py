"""What should not be in the picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.models import ModelCard
from ui.parts.fields import named
from ui.services import Services
from ui.show.sections.section import Section


class KeepOut(Section):
    """See ``Section``."""

    advanced = True

    def build(self, services: Services, card: ModelCard | None) -> None:  # noqa: ARG002 - the same for every model
        """See Section.build."""
        self.negative = gr.Textbox("", placeholder="what should not be in the picture", **named("negative_prompt"))

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"negative_prompt": self.negative}
