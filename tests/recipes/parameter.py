"""Tries the recipe for a parameter: every place that derives has it, and a real pipeline of small size obeys it."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest

from core import record
from core.errors import InvalidRequestError
from core.requests import GenerateRequest
from core.requests.flat import from_flat, to_flat

NAME, SENTENCE = "guidance_rescale", "how far guidance is brought back to the contrast of the plain prediction, 0 to 1"


def asked(**values) -> GenerateRequest:
    return from_flat(GenerateRequest, {"prompt": "a red cat", "seed": 3, "steps": 6, "guidance": 9.0, **values})


def main(folder: Path) -> None:
    request = asked(guidance_rescale=0.7)
    _checks_and_keeps(request)
    _is_offered()
    _fits_its_models(request)
    _changes_the_picture(folder)


def _checks_and_keeps(request: GenerateRequest) -> None:
    for wrong in (-0.1, 1.1, "much", None):
        with pytest.raises(InvalidRequestError, match=f"{NAME} is"):
            asked(guidance_rescale=wrong)
    kept = record.to_json(request)
    assert kept["sampling"][NAME] == record.flat(request.action, kept)[NAME] == to_flat(request)[NAME] == 0.7
    assert record.from_json(request.action, kept, None) == request
    # A run of before the parameter was there.
    del kept["sampling"][NAME]
    assert record.from_json(request.action, kept, None) == asked()


def _is_offered() -> None:
    from docs import endpoints
    from server.rest.words import GenerateBody
    from ui.endpoints.making import Making
    from ui.parts.fields import tips

    parameter = inspect.signature(Making.generate).parameters[NAME]
    assert (parameter.default, parameter.annotation) == (0.0, float)
    assert f"    {NAME}: {SENTENCE}" in Making.generate.__doc__
    described = GenerateBody.model_json_schema()["properties"][NAME]
    assert (described["minimum"], described["maximum"], described["default"]) == (0, 1, 0)
    assert GenerateBody(text="a fox", guidance_rescale=0.5).asked()[NAME] == 0.5
    assert f"| `{NAME}` | `0.0` | {SENTENCE} |" in endpoints.endpoints()
    assert f"| `{NAME}` | `0.0` | H{SENTENCE[1:]}. |" in endpoints.body()
    assert tips()["show-guidance-rescale"] == f"H{SENTENCE[1:]}"


def _fits_its_models(request: GenerateRequest) -> None:
    from pipelines.catalogue.abilities import fitted
    from pipelines.catalogue.spec import read_specs
    from pipelines.replicate.images import _READ, effects

    spec = next(each for each in read_specs(Path("models.yaml")) if each.id == "emoji-sdxl")
    assert fitted(spec, request, ())[0].sampling.guidance_rescale == 0.7
    without = spec.model_copy(update={"steps": 0, "can": ()})
    plain, ignored = fitted(without, GenerateRequest(prompt="a fox"), ())
    assert (plain.sampling.guidance_rescale, ignored) == (0.0, {})
    with pytest.raises(InvalidRequestError, match=f"{NAME} is 0.5; allowed: none; .* has no steps"):
        fitted(without, from_flat(GenerateRequest, {"prompt": "a fox", NAME: 0.5, "handover": None}), ())
    assert NAME in effects.unread(request, _READ), "another engine drops it in silence"


def _changes_the_picture(folder: Path) -> None:
    from pipelines.sdxl.engine import Options, build
    from tests.pipelines.tiny_models import save_sdxl
    from tests.pipelines.watched_job import WatchedJob

    base, refiner = save_sdxl(folder)
    engine = build(Options(base=str(base), refiner=str(refiner), device="cpu", sizes={"square": (16, 16)}))

    def made(**values):
        product = engine.run(asked(**values), WatchedJob())
        return product.pictures[0].picture.png, product.facts["ignored"]

    for handover in (None, 0.5):
        plain, rescaled = made(handover=handover), made(handover=handover, guidance_rescale=1.0)
        assert plain == made(handover=handover, guidance_rescale=0.0)
        assert plain[0] != rescaled[0]
        assert NAME not in rescaled[1]
    unguided = made(handover=None, guidance=1.0, guidance_rescale=1.0)
    assert unguided[0] == made(handover=None, guidance=1.0)[0]
    assert NAME in unguided[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
