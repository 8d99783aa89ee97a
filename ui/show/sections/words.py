"""What to see: the large box, and examples to try."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.models import ModelCard
from ui.parts.fields import named
from ui.services import Services
from ui.show import examples
from ui.show.sections.known_words import KnownWords
from ui.show.sections.section import Section


class Words(Section):
    """See ``Section``."""

    advanced = False

    def build(self, services: Services, card: ModelCard | None) -> None:
        """See Section.build."""
        # One line that may grow: Enter sends it, Shift and Enter break the line.
        self.prompt = gr.Textbox(
            "",
            placeholder=next(iter(examples.prompts(services)), "a red apple"),
            lines=1,
            max_lines=8,
            autofocus=True,
            **named("prompt"),
        )
        self.known = KnownWords(services)
        self.known.build(card)

    def build_examples(self, services: Services) -> None:
        """Add the examples, below what stands between them and the prompt."""
        self.examples = gr.Dataset(
            label="Try",
            components=[gr.Textbox(visible=False)],
            samples=[[prompt] for prompt in examples.prompts(services)],
            samples_per_page=6,
            elem_id="show-examples",
        )

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"prompt": self.prompt}
