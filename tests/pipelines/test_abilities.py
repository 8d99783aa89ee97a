from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import AskRequest, GenerateRequest, SpeakRequest
from pipelines.abilities import fitted, speaks
from pipelines.spec import ModelSpec

STYLES = ("flat", "3d", "oil")
RED = Picture(png=b"", width=1, height=1)


def spec(action: str = "generate", **more: Any) -> ModelSpec:
    fixed: dict[str, Any] = {"id": "tiny", "title": "Tiny", "engine": "sdxl", "lane": "local", "licence": "MIT"}
    picture = {"sizes": {"square": (64, 64)}, "steps": 25, "guidance": 3.0, "refiner": True}
    return ModelSpec(action=action, **{**fixed, **(picture if action == "generate" else {}), **more})


def test_defaults_are_the_models_own() -> None:
    request = fitted(spec(), GenerateRequest(prompt="a cat"), STYLES)
    assert (request.model, request.steps, request.guidance, request.handover) == ("tiny", 25, 3.0, 0.8)


def test_what_was_asked_for_stays() -> None:
    asked = GenerateRequest(prompt="a cat", steps=7, guidance=0.0, handover=None, style="flat", scheduler="ddim")
    request = fitted(spec(), asked, STYLES)
    assert (request.steps, request.guidance, request.handover) == (7, 0.0, None)
    assert (request.style, request.scheduler) == ("flat", "ddim")


@pytest.mark.parametrize(
    ("model", "asked", "named"),
    [
        ({"styles": ("flat", "3d")}, {"style": "oil"}, "style is 'oil'; allowed: one of 3d, flat, none"),
        ({}, {"style": "nothing"}, "style is 'nothing'"),
        ({}, {"aspect_ratio": "portrait"}, "aspect_ratio is 'portrait'; allowed: one of square"),
        ({"schedulers": ("euler",)}, {"scheduler": "ddim"}, "scheduler is 'ddim'; allowed: one of default, euler"),
        ({"refiner": False}, {"handover": 0.5}, "handover is 0.5; allowed: none; Tiny has no refiner"),
        ({"steps": 0}, {"steps": 5}, "steps is 5; allowed: none; Tiny has no steps"),
    ],
)
def test_what_a_model_cannot_do_is_refused(model: dict[str, Any], asked: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        fitted(spec(**model), GenerateRequest(prompt="a cat", **asked), STYLES)
    assert named in str(caught.value)


def test_the_default_hand_over_is_no_wrong_one_where_there_is_no_refiner() -> None:
    # It stays in the request, so that the engine can say that it had no effect.
    assert fitted(spec(refiner=False), GenerateRequest(prompt="a cat"), STYLES).handover == 0.8
    assert fitted(spec(refiner=False), GenerateRequest(prompt="a cat", handover=None), STYLES).handover is None


def test_questions_only_get_their_model() -> None:
    request = AskRequest(image=RED, question="what?")
    assert fitted(spec("ask"), request, STYLES).model == "tiny"


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("EN", "en"), ("en-GB", "en"), ("pt-br", "pt-BR"), ("pt-BR", "pt-BR")]
)
def test_a_voice_speaks_the_varieties_of_its_languages(asked: str, spoken: str) -> None:
    voice = spec("speak", languages=("en", "pt-BR"))
    assert speaks(voice, asked)
    assert fitted(voice, SpeakRequest(text="hello", language=asked), STYLES).language == spoken


def test_a_language_a_voice_does_not_speak_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="language is 'fr'; allowed: one of en, pt-BR"):
        fitted(spec("speak", languages=("en", "pt-BR")), SpeakRequest(text="bonjour", language="fr"), STYLES)
    assert fitted(spec("speak"), SpeakRequest(text="bonjour", language="fr"), STYLES).voice == "tiny"
