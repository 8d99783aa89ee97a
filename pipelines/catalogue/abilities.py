"""What a model can do with a request: its defaults filled in, and whatever it cannot do refused or noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core import bounds
from core.errors import InvalidRequestError
from core.requests import AS_MADE, FACTORS, LARGEST, GenerateRequest, Request, SpeakRequest
from core.requests.flat import Parameter, changed, parameters, value_of
from pipelines.catalogue import languages
from pipelines.catalogue.spec import ModelSpec
from pipelines.catalogue.styles import NONE

_Ignored = dict[str, str]


def fitted(spec: ModelSpec, request: Request, known_styles: Collection[str]) -> tuple[Request, Mapping[str, str]]:
    """Return ``request`` for this model, its id and defaults filled in, and what is ignored: name -> why.

    Args:
        spec: the model.
        request: with or without ``auto``.
        known_styles: ids in styles.yaml.

    Raises:
        InvalidRequestError: names the field and what this model allows.
    """
    ignored: _Ignored = {}
    values: dict[str, Any] = {request.model_field: spec.id}
    own = {
        "steps": spec.steps or None,
        "guidance": spec.guidance if spec.steps else None,
        "handover": spec.handover,
        "upscale": spec.upscale,
    }
    takes = _takes(spec, known_styles)
    for name, parameter in parameters(type(request)).items():
        value = value_of(request, parameter)
        if parameter.about.needs and parameter.about.needs not in spec.abilities:
            values[name] = _without(spec, parameter, value, ignored)
        elif value == parameter.about.own:
            values[name] = own.get(name)
        elif name in takes:
            bounds.choice(name, value, takes[name])
    if isinstance(request, SpeakRequest):
        values["language"] = _spoken(spec, request.language)
    fit = changed(request, values)
    if isinstance(fit, GenerateRequest):
        _bounded(spec, fit)
    return fit, ignored


def speaks(spec: ModelSpec, language: str) -> bool:
    """Tell whether a voice speaks ``language``, or the language of which it is a variety."""
    return _known(spec, language) is not None


def styles(spec: ModelSpec, known_styles: Collection[str]) -> list[str]:
    """Return the ids of the prompt styles this model knows."""
    return [name for name in known_styles if spec.styles is None or name in spec.styles]


def _takes(spec: ModelSpec, known_styles: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return the fields of which a model takes only some values."""
    return {
        "style": (NONE, *styles(spec, known_styles)),
        "aspect_ratio": spec.sizes,
        "scheduler": ("default", *spec.schedulers),
    }


def _without(spec: ModelSpec, parameter: Parameter, value: Any, ignored: _Ignored) -> Any:
    """Return the value that stands for "not used", for a model that lacks what the field needs."""
    about = parameter.about
    unused = about.none_is if about.none else parameter.unsaid
    if value in (about.own, unused):
        return unused
    lack = f"{spec.title} has no {about.needs}"
    if value != parameter.default:
        raise InvalidRequestError(parameter.name, value, f"none; {lack}", advice=f"{lack}. Leave this as it was.")
    # Programs send the default without asking for it.
    ignored[parameter.name] = f"{lack}."
    return unused


def _bounded(spec: ModelSpec, request: GenerateRequest) -> None:
    """Raise InvalidRequestError if the finished picture would have more than LARGEST pixels."""
    width, height = spec.sizes.get(request.aspect_ratio, (0, 0))
    if width * height * request.finish.factor**2 > LARGEST:
        fitting = [word for word, factor in FACTORS.items() if width * height * factor**2 <= LARGEST]
        allowed = " or ".join([AS_MADE, *fitting])
        raise InvalidRequestError(
            "upscale",
            request.finish.upscale,
            f"{allowed}; {spec.title} makes {width} x {height}, and a finished picture has at most {LARGEST:,} pixels",
        )


def _spoken(spec: ModelSpec, language: str) -> str:
    known = _known(spec, language)
    if known is None:
        raise InvalidRequestError("language", language, f"one of {', '.join(sorted(spec.languages))}")
    return known


def _known(spec: ModelSpec, language: str) -> str | None:
    return languages.fitting(language, spec.languages) if spec.languages else language
