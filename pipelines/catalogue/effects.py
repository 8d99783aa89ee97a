"""Which parameters of a picture request had no effect, or not their whole one, and why: ``facts["ignored"]``.

Each function returns name of a parameter -> sentence, and nothing where all took effect.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.requests import GenerateRequest
from core.requests.flat import parameters, to_flat
from pipelines.catalogue.styles import PLACE

Ignored = dict[str, str]


def unguided(request: GenerateRequest, negative: str, guidance: Mapping[str, float | None]) -> Ignored:
    """Return what needs guidance above 1 and did not get it.

    Source: Imagen paper, equation 2: at w = 1 the unconditional part, which holds what to keep out, has no weight.

    Args:
        request: what was asked for.
        negative: what to keep out as the model got it, the words of the style among it.
        guidance: name of an expert -> its scale; None for an expert that had no step.
    """
    scales = {name: scale for name, scale in guidance.items() if scale is not None}
    without = {name: scale for name, scale in scales.items() if scale <= 1}
    if not without:
        return {}
    experts = " and ".join(f"{name} {scale:g}" for name, scale in without.items())
    where = "" if len(without) == len(scales) else " there"
    ignored = {}
    if request.negative_prompt:
        ignored["negative_prompt"] = f"At guidance 1 or less ({experts}) it has no effect{where}."
    if len(negative) > len(request.negative_prompt):
        ignored["style"] = f"Its words on what to keep out have no effect{where} at guidance 1 or less ({experts})."
    if min(without.values()) < 1:
        ignored["guidance"] = f"Below 1 ({experts}) it works as 1: the prompt alone decides."
    return ignored


def cut(
    request: GenerateRequest, words: Mapping[str, str], template: str, read: Mapping[str, tuple[int, str]]
) -> Ignored:
    """Return what of the words the model never saw, the person's own and those of the style apart.

    Args:
        request: what was asked for.
        words: ``prompt`` and ``negative_prompt`` as the model got them.
        template: of the style.
        read: the same names -> how many characters were read, and who reads how much, as the start of a sentence.
    """
    begin = template.index(PLACE)
    own = {"prompt": (begin, begin + len(request.prompt)), "negative_prompt": (0, len(request.negative_prompt))}
    ignored: Ignored = {}
    styled: list[str] = []
    reads = ""
    for name, (kept, reads_so_much) in read.items():
        text, (start, end) = words[name], own[name]
        mine = text[max(kept, start) : max(kept, end)].strip()
        others = [text[min(kept, start) : start], text[max(kept, end) :]]
        if mine:
            ignored[name] = f"{reads_so_much}; these words were left out: {mine}"
        if left := [part.strip(" ,") for part in others if part.strip(" ,")]:
            styled, reads = [*styled, *left], reads_so_much
    if styled:
        ignored["style"] = f"{reads}; these words of the style were left out: {', '.join(styled)}"
    return ignored


def handover(request: GenerateRequest, steps: Sequence[int], *, refiner: bool) -> Ignored:
    """Return why a hand-over was not one.

    Args:
        request: what was asked for.
        steps: of base and refiner.
        refiner: whether the model has one.
    """
    if not isinstance(request.sampling.handover, float) or all(steps):
        return {}
    if not refiner:
        return {"handover": "This model has no refiner."}
    if steps[1] == 0:
        return {"handover": "With so few steps none is left for the refiner."}
    return {"handover": "With so few steps none is left for the base: the refiner made all of it."}


def unread(request: GenerateRequest, read: Collection[str]) -> Ignored:
    """Return what was asked for and what an engine that reads the parameters ``read`` alone never looks at."""
    asked, known = to_flat(request), parameters(GenerateRequest)
    return {
        name: "This model does not use it."
        for name, parameter in known.items()
        if name not in {*read, request.model_field} and asked[name] not in {parameter.default, parameter.unsaid, None}
    }


def together(*found: Mapping[str, str]) -> Ignored:
    """Return all of them; two reasons for one parameter become one text."""
    ignored: Ignored = {}
    for each in found:
        for name, why in each.items():
            ignored[name] = f"{ignored[name]} {why}" if name in ignored else why
    return ignored
