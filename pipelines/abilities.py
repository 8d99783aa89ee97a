"""What a model can do with a request: its defaults filled in, and whatever it cannot do refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from core import bounds
from core.errors import InvalidRequestError
from core.requests import GenerateRequest, Request, SpeakRequest
from pipelines import languages
from pipelines.spec import ModelSpec
from pipelines.styles import NONE

_UNASKED_HANDOVER = next(field.default for field in fields(GenerateRequest) if field.name == "handover")


def fitted(spec: ModelSpec, request: Request, styles: Collection[str]) -> Request:
    """Return ``request`` for this model, its id and defaults filled in.

    Args:
        spec: the model.
        request: with or without ``auto``.
        styles: ids in styles.yaml.

    Raises:
        InvalidRequestError: names the field and what this model allows.
    """
    match request:
        case GenerateRequest():
            return _fitted_picture(spec, request, styles)
        case SpeakRequest():
            return replace(request, voice=spec.id, language=_spoken(spec, request.language))
        case _:
            return replace(request, model=spec.id)


def speaks(spec: ModelSpec, language: str) -> bool:
    """Tell whether a voice speaks ``language``, or the language of which it is a variety."""
    return _known(spec, language) is not None


def _fitted_picture(spec: ModelSpec, request: GenerateRequest, styles: Collection[str]) -> GenerateRequest:
    bounds.choice(
        "style", request.style, (NONE, *(name for name in styles if spec.styles is None or name in spec.styles))
    )
    bounds.choice("aspect_ratio", request.aspect_ratio, spec.sizes)
    bounds.choice("scheduler", request.scheduler, {"default", *spec.schedulers})
    if request.steps is not None and spec.steps == 0:
        raise InvalidRequestError("steps", request.steps, f"none; {spec.title} has no steps")
    # Nobody has to know that the default means nothing here: the engine leaves it out, and says so in its record.
    if not spec.refiner and request.handover not in {None, _UNASKED_HANDOVER}:
        raise InvalidRequestError("handover", request.handover, f"none; {spec.title} has no refiner")
    return replace(
        request,
        model=spec.id,
        steps=(spec.steps or None) if request.steps is None else request.steps,
        guidance=(spec.guidance if spec.steps else None) if request.guidance is None else request.guidance,
    )


def _spoken(spec: ModelSpec, language: str) -> str:
    known = _known(spec, language)
    if known is None:
        raise InvalidRequestError("language", language, f"one of {', '.join(sorted(spec.languages))}")
    return known


def _known(spec: ModelSpec, language: str) -> str | None:
    return languages.fitting(language, spec.languages) if spec.languages else language
