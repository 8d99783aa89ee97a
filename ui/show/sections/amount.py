"""How many pictures, and from which seed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.models import ModelCard
from core.requests import MAX_COUNT, RANDOM_SEED
from ui.parts.fields import named
from ui.services import Services
from ui.show.sections.section import Chip, Section, Values


class Amount(Section):
    """See ``Section``."""

    advanced = True

    def build(self, services: Services, card: ModelCard | None) -> None:  # noqa: ARG002 - the same for every model
        """See Section.build."""
        with gr.Row():
            self.count = gr.Slider(1, MAX_COUNT, value=1, step=1, **named("count"))
            self.seed = gr.Number(
                RANDOM_SEED,
                precision=0,
                info=f"{RANDOM_SEED} or empty: a new one each time",
                **named("seed"),
            )

    @property
    def inputs(self) -> dict[str, Any]:
        """See Section.inputs."""
        return {"count": self.count, "seed": self.seed}

    def asked(self, values: Values) -> Values:
        """See Section.asked."""
        return {"count": values["count"], "seed": RANDOM_SEED if values["seed"] is None else values["seed"]}

    def active(self, values: Values) -> Sequence[Chip]:
        """See Section.active."""
        seed = values["seed"]
        if seed in (None, RANDOM_SEED):
            return ()
        return (Chip(words=f"Seed {seed}", remove="Remove the fixed seed", without={"seed": RANDOM_SEED}),)
