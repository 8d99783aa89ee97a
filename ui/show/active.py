"""The chips under the prompt: what the next picture will have besides its words, each with a way to take it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.actions import Action
from ui.parts import markup
from ui.parts.tab import Updates
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit
from ui.show.sections.section import Chip, Section, Values

# The button is gone after it was pressed: the focus goes to the prompt, where people go on.
_TAKE_OFF = """element.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  trigger("click", {chip: button.getAttribute("aria-label")});
  document.querySelector("#show-prompt textarea")?.focus();
});"""


class Active:
    """The row of chips of all sections."""

    def __init__(self, services: Services, sections: Sequence[Section]) -> None:
        self.services = services
        self._sections = [each for each in sections if type(each).active is not Section.active]

    def build(self) -> None:
        """Add the row to the page; it is empty at first."""
        self.row = gr.HTML("", js_on_load=_TAKE_OFF, elem_id="show-active")

    def wire(self, inputs: Mapping[str, Any]) -> None:
        """Follow the components of the form."""
        self._inputs = inputs
        named = {"inputs": list(inputs.values()), **PRIVATE}
        changes = [component.change for section in self._sections for component in section.inputs.values()]
        gr.on(changes, self.follow, outputs=[self.row], trigger_mode="always_last", api_name="show_active", **named)
        self.row.click(self.take_off, outputs=[self.row, *inputs.values()], api_name="show_take_off", **named)

    def chips(self, values: Values) -> list[Chip]:
        """Return the chips for the values of the form."""
        return [chip for section in self._sections for chip in section.active(values)]

    def shown(self, values: Values) -> Updates:
        """Return the update that shows the chips for the values of the form."""
        items = "".join(
            f"<li>{markup.text(chip.words)}"
            f"<button type='button' aria-label='{markup.text(chip.remove)}'>&times;</button></li>"
            for chip in self.chips(values)
        )
        return {self.row: f"<ul class='active' aria-label='Also set'>{items}</ul>" if items else ""}

    @needs(Action.GENERATE)
    def follow(self, _visit: Visit, *values: Any) -> Updates:
        """Show the chips for what the form says now."""
        return self.shown(self._named(values))

    @needs(Action.GENERATE)
    def take_off(self, _visit: Visit, event: gr.EventData, *values: Any) -> Updates:
        """Set what a chip stands for back to the ordinary."""
        now = self._named(values)
        taken = [chip for chip in self.chips(now) if chip.remove == event._data.get("chip")]
        without = {name: value for chip in taken for name, value in chip.without.items()}
        return {**{self._inputs[name]: value for name, value in without.items()}, **self.shown({**now, **without})}

    def _named(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self._inputs, values, strict=True))
