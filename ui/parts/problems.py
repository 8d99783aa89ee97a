"""What is wrong with a form, said at the very field: in words, for eyes and for screen readers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.errors import InvalidRequestError
from ui.parts.tab import Updates

# Says it at the field, brings the field into view and the focus to it, and takes it back once the field is another.
_SHOW = """
element.setAttribute("role", "alert");
const clear = () => {
  const marked = element.marked;
  element.marked = null;
  element.textContent = "";
  if (!marked) return;
  marked.note.remove();
  if (!marked.input) return;
  marked.input.removeAttribute("aria-invalid");
  if (marked.described) marked.input.setAttribute("aria-describedby", marked.described);
  else marked.input.removeAttribute("aria-describedby");
};
const say = (field, words) => {
  const note = document.createElement("p");
  note.id = `${field.id}-problem`;
  note.className = "problem";
  note.setAttribute("role", "alert");
  field.append(note);
  note.textContent = words;
  return note;
};
const mark = (field, input, words) => {
  const note = say(field, words);
  const described = input.getAttribute("aria-describedby");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", described ? `${described} ${note.id}` : note.id);
  element.marked = {field, input, note, described, value: input.value};
  input.focus();
  note.scrollIntoView({block: "nearest"});
};
const seek = (told, tries) => {
  if (told !== props.value) return;
  const field = document.getElementById(told.id);
  const input = field && [...field.querySelectorAll("textarea, input, button")].find(one => one.offsetParent);
  if (input) mark(field, input, told.words);
  else if (tries) {
    if (!field || !field.offsetParent) document.querySelector(`[id="${told.fold}"] > .label-wrap:not(.open)`)?.click();
    setTimeout(seek, 50, told, tries - 1);
  } else element.textContent = `${told.label}: ${told.words}`;
};
watch("value", () => { clear(); if (props.value) seek(props.value, props.value.id ? 40 : 0); });
document.addEventListener("input", event => { if (element.marked?.field.contains(event.target)) clear(); });
document.addEventListener("show-and-tell:changed", () => {
  if (element.marked?.input && element.marked.input.value !== element.marked.value) clear();
});
document.addEventListener("show-and-tell:asked", () => { if (element.marked?.input) clear(); });
// A slider brings back what does not fit it as soon as the focus leaves, without a word.
document.addEventListener("blur", event => {
  const input = event.target;
  const field = FIELDS.map(id => document.getElementById(id)).find(one => one?.contains(input));
  if (!field || input.dataset.testid !== "number-input" || (input.value && input.validity.valid)) return;
  setTimeout(() => {
    clear();
    element.marked = {field, note: say(field, `Set to ${input.value}. This takes ${input.min} to ${input.max}.`)};
  });
}, true);
"""

_CHANGED = """() => { document.dispatchEvent(new Event("show-and-tell:changed")); }"""

# A number field that holds no number looks empty to Gradio: words stand for it on the way to the server.
_AS_TYPED = """(...values) => {
  document.dispatchEvent(new Event("show-and-tell:asked"));
  %(ids)s.forEach((id, place) => {
    if (id && document.querySelector(`[id="${id}"] input[type=number]`)?.validity.badInput) values[place] = "no number";
  });
  return (%(then)s)(...values);
}"""


class Problems:
    """Where a form says what is wrong with it.

    A handler that has ``place`` among its outputs returns ``at(error)`` when it meets an InvalidRequestError;
    everything else on the page stays as it is.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """Name the components by the fields of the requests they fill in; each needs an ``elem_id``."""
        self._fields = fields

    def build(self, elem_id: str) -> None:
        """Add the place: the line itself is empty unless a message has no field on the page."""
        self.place = gr.HTML(
            None,
            html_template="",
            # Not as a property: an update of the component takes those away.
            js_on_load=_SHOW.replace("FIELDS", json.dumps([field.elem_id for field in self._fields.values()])),
            elem_id=elem_id,
            elem_classes="problem",
        )
        gr.on([field.change for field in self._fields.values()], None, None, None, js=_CHANGED)

    def at(self, error: InvalidRequestError) -> Updates:
        """Return the update that says at its field what is wrong."""
        field = self._fields.get(error.field)
        told = {
            "id": field.elem_id if field else "",
            "fold": _fold(field),
            "label": field.label if field else error.field,
            "words": error.advice,
            # The same message twice is two messages.
            "time": time.time_ns(),
        }
        return {self.place: told}


def as_typed(components: Sequence[Any], then: str = "(...values) => values") -> str:
    """Return the ``js`` of an event with these inputs: it takes back what was said, and hands over letters as such.

    Args:
        components: the inputs of the event, in their order.
        then: further JavaScript of the same kind.
    """
    ids = [component.elem_id if isinstance(component, gr.Number | gr.Slider) else "" for component in components]
    return _AS_TYPED % {"ids": json.dumps(ids), "then": then}


def _fold(component: Any) -> str:
    """Return the id of the accordion a component lies in; empty if it lies in none."""
    while component is not None and not isinstance(component, gr.Accordion):
        component = component.parent
    return component.elem_id or "" if component is not None else ""
