"""The form of Show: a prompt, a style, a shape, one button; everything else is folded away."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core import record
from core.actions import Action
from core.errors import StudioError
from core.models import ModelCard, ModelState
from core.requests import ASPECT_RATIOS, AUTO, MAX_COUNT, RANDOM_SEED, SCHEDULERS, GenerateRequest
from core.requests.flat import from_flat
from core.runs import Run
from ui import examples
from ui.desk import Desk

_HANDOVER = 0.8

_SCHEDULERS = {
    "default": "the model's own",
    "euler": "Euler",
    "euler_ancestral": "Euler ancestral",
    "ddim": "DDIM",
    "dpmpp_2m": "DPM++ 2M",
    "heun": "Heun",
    "unipc": "UniPC",
}


class Form:
    """The components of the form, and their way to and from a request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def build(self) -> None:
        """Add the form to the page, in the order of reading."""
        prompts = examples.prompts(self._desk)
        # One line that may grow: Enter sends it, Shift and Enter break the line.
        self.prompt = gr.Textbox(
            "",
            label="What do you want to see?",
            placeholder=f"{prompts[0] if prompts else 'a red apple'}",
            lines=1,
            max_lines=8,
            autofocus=True,
            elem_id="show-prompt",
        )
        self.examples = gr.Dataset(
            label="Try",
            components=[gr.Textbox(visible=False)],
            samples=[[prompt] for prompt in prompts],
            samples_per_page=6,
            elem_id="show-examples",
        )
        styles = self.styles(AUTO)
        self.style = gr.Radio(
            styles, value="none", label="Style", visible=len(styles) > 1, elem_id="show-style", elem_classes="chips"
        )
        self.shape = gr.Radio(
            [(ratio.capitalize(), ratio) for ratio in ASPECT_RATIOS],
            value="square",
            label="Shape",
            elem_id="show-shape",
            elem_classes="chips",
        )
        with gr.Row(elem_id="show-send"):
            self.make = gr.Button("Make the picture", variant="primary", size="lg", elem_id="show-make", scale=3)
            self.cancel = gr.Button("Cancel", size="lg", elem_id="show-cancel", scale=1, min_width=96, visible=False)
        with gr.Accordion("Advanced", open=False, elem_id="show-advanced"):
            self._build_advanced()

    def _build_advanced(self) -> None:
        self.negative = gr.Textbox(
            "", label="Keep out", placeholder="what should not be in the picture", elem_id="show-negative"
        )
        with gr.Row():
            self.count = gr.Slider(1, MAX_COUNT, value=1, step=1, label="Pictures", elem_id="show-count")
            self.seed = gr.Number(
                RANDOM_SEED, precision=0, label="Seed", info="-1: a new one each time", elem_id="show-seed"
            )
        with gr.Row():
            # An empty number would come back as 0, so the model's own numbers stand here.
            steps, guidance = self.defaults(AUTO)
            self.steps = gr.Number(steps, precision=0, label="Steps", elem_id="show-steps", min_width=120)
            self.guidance = gr.Number(guidance, label="Guidance", elem_id="show-guidance", min_width=120)
        with gr.Row():
            self.handover = gr.Slider(
                0.05,
                0.95,
                value=_HANDOVER,
                step=0.05,
                label="Hand-over to the refiner",
                info="share of the noise schedule",
                elem_id="show-handover",
            )
            self.base_only = gr.Checkbox(False, label="Base only", elem_id="show-base-only", min_width=120)
        with gr.Row():
            self.scheduler = gr.Dropdown(
                [(_SCHEDULERS.get(name, name), name) for name in SCHEDULERS],
                value="default",
                label="Scheduler",
                elem_id="show-scheduler",
            )
            cards = self._desk.engines.cards(Action.GENERATE)
            self.model = gr.Dropdown(
                [("Best that runs here", AUTO), *((_named(card), card.id) for card in cards)],
                value=AUTO,
                label="Model",
                elem_id="show-model",
            )

    def styles(self, model: str) -> list[tuple[str, str]]:
        """Return the styles (title, id) that a model knows."""
        card = self._card(model)
        known = [style for style in self._desk.styles if card and style.id in card.styles]
        return [("None", "none"), *((style.title, style.id) for style in known)]

    def defaults(self, model: str) -> tuple[int, float]:
        """Return the model's own steps and guidance; 0 steps where it has none or cannot run."""
        card = self._card(model)
        return (card.steps, card.guidance) if card else (0, 0.0)

    def _card(self, model: str) -> ModelCard | None:
        if model == AUTO:
            try:
                return self._desk.engines.chosen(Action.GENERATE)
            except StudioError:
                return None
        cards = self._desk.engines.cards(Action.GENERATE)
        return next((card for card in cards if card.id == model and card.state is not ModelState.UNAVAILABLE), None)

    @property
    def inputs(self) -> dict[str, Any]:
        """Return parameter name -> component, in the words of ``request``."""
        return {
            "prompt": self.prompt,
            "negative_prompt": self.negative,
            "style": self.style,
            "aspect_ratio": self.shape,
            "count": self.count,
            "seed": self.seed,
            "steps": self.steps,
            "guidance": self.guidance,
            "handover": self.handover,
            "base_only": self.base_only,
            "scheduler": self.scheduler,
            "model": self.model,
        }

    @staticmethod
    def request(
        *, seed: Any, steps: Any, guidance: Any, handover: Any, base_only: bool, **values: Any
    ) -> GenerateRequest:
        """Return what the form asks for. Raises InvalidRequestError with the field and what is allowed."""
        own = not steps
        numbers = {"steps": None if own else steps, "guidance": None if own and not guidance else guidance}
        asked = {"seed": RANDOM_SEED if seed is None else seed, "handover": None if base_only else handover}
        made: GenerateRequest = from_flat(GenerateRequest, {**values, **numbers, **asked})
        return made

    def load(self, run: Run) -> dict[Any, Any]:
        """Return the updates that put the request of ``run`` into the form, seed and model included."""
        values = record.flat(run.action, run.request)
        known = {style.id for style in self._desk.styles}
        handover = values.get("handover")
        return {
            self.prompt: values.get("prompt", ""),
            self.negative: values.get("negative_prompt", ""),
            self.style: values.get("style") if values.get("style") in known else "none",
            self.shape: values.get("aspect_ratio", "square"),
            self.count: values.get("count", 1),
            self.seed: values.get("seed", RANDOM_SEED),
            self.steps: values.get("steps") or 0,
            self.guidance: values.get("guidance") or 0.0,
            self.handover: _HANDOVER if handover is None else handover,
            self.base_only: handover is None,
            self.scheduler: values.get("scheduler", "default"),
            self.model: values.get("model", AUTO),
        }


def _named(card: ModelCard) -> str:
    if card.state is ModelState.UNAVAILABLE:
        return f"{card.title} (not here)"
    return f"{card.title} (demo)" if card.bundled else card.title
