"""Components of a form that take their names from the fields of a request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import gradio as gr

from core.actions import Actor
from core.errors import InvalidRequestError
from core.requests import GenerateRequest
from core.requests.flat import parameters

# The components whose values are words, numbers and choices: what a browser can keep.
PLAIN = (gr.Textbox, gr.Number, gr.Slider, gr.Radio, gr.Dropdown, gr.Checkbox)


def named(name: str, prefix: str = "show") -> dict[str, Any]:
    """Return label and element id of the component for a parameter of a picture request."""
    about = parameters(GenerateRequest)[name].about
    return {"label": about.label, "elem_id": f"{prefix}-{name.replace('_', '-')}"}


def tips(prefix: str = "show") -> Mapping[str, str]:
    """Return element id -> what its tooltip says: the sentence of the field, with its bounds."""
    return {
        f"{prefix}-{name.replace('_', '-')}": _sentence(parameter.about.sentence)
        for name, parameter in parameters(GenerateRequest).items()
        if parameter.about.label
    }


def most(name: str, actor: Actor) -> int | None:
    """Return how high the role of ``actor`` lets a parameter be; None if it does not bind it."""
    parameter = parameters(GenerateRequest).get(name)
    limit = parameter.about.limit if parameter else None
    return actor.limits.get(limit.name) if limit else None


def bounded(name: str, component: Any, update: Any, actor: Actor) -> Any:
    """Return the update of the component for a value, with the limit of the role: its end, and a line that says why."""
    top = most(name, actor)
    limit = parameters(GenerateRequest)[name].about.limit if top is not None else None
    if top is None or limit is None or top >= _end(name):
        return update
    whose, how = ("Visitors", "Sign in for more.") if actor.visitor else (f"Your role, {actor.role}", "")
    changed: dict[str, Any] = {**as_update(update)}
    changed |= {"maximum": top, "info": f"{whose}: up to {limit.of(top)}. {how}".rstrip()}
    changed["interactive"] = getattr(component, "minimum", None) is None or top > component.minimum
    if _is_number(changed.get("value")):
        changed["value"] = min(changed["value"], top)
    return changed


def takes(name: str, component: Any, value: Any, choices: Any, actor: Actor) -> bool:
    """Tell whether a component can show a value that comes from outside, and this actor may ask for it.

    Args:
        name: of the value; if it is a parameter of a picture request, its bounds hold.
        component: where it is to be shown.
        value: anything.
        choices: what is on offer there, as Gradio takes it, for a component with choices.
        actor: whose form it is.
    """
    if isinstance(component, gr.Checkbox):
        return isinstance(value, bool)
    if isinstance(component, gr.Textbox):
        # What is too short or too long was written all the same.
        return isinstance(value, str)
    if isinstance(component, gr.Radio | gr.Dropdown):
        return isinstance(value, str) and value in [one if isinstance(one, str) else one[-1] for one in choices]
    if isinstance(component, gr.Number | gr.Slider):
        return (value is None and isinstance(component, gr.Number)) or _within(name, value, actor)
    return False


def as_update(update: Any) -> dict[str, Any]:
    """Return an update in its long form; a plain value is one of the value."""
    if isinstance(update, dict) and update.get("__type__") == "update":
        return update
    return dict(gr.update(value=update))


def _within(name: str, value: Any, actor: Actor) -> bool:
    top = most(name, actor)
    if not _is_number(value) or (top is not None and value > top):
        return False
    parameter = parameters(GenerateRequest).get(name)
    try:
        return parameter is None or parameter.about.check(name, value) is not None
    except InvalidRequestError:
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _end(name: str) -> float:
    high: float = parameters(GenerateRequest)[name].about.bound.schema.get("maximum", math.inf)
    return high


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
