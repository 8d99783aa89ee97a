"""Components of a form that take their names from the fields of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.requests import GenerateRequest
from core.requests.flat import parameters


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


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
