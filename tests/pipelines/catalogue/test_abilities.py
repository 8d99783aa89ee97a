from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import BASE_ALONE, HANDOVER, AskRequest, GenerateRequest, Sampling, SpeakRequest
from core.requests.bound import Name, Whole
from core.requests.field import check, described
from core.requests.flat import from_flat
from pipelines.catalogue.abilities import fitted, speaks
from pipelines.catalogue.spec import ModelSpec

STYLES = ("flat", "3d", "oil")
RED = Picture(png=b"", width=1, height=1)


def spec(action: str = "generate", **more: Any) -> ModelSpec:
    fixed: dict[str, Any] = {"id": "tiny", "title": "Tiny", "engine": "sdxl", "lane": "local", "licence": "MIT"}
    picture = {"sizes": {"square": (64, 64)}, "steps": 25, "guidance": 3.0, "can": ("refiner",)}
    return ModelSpec(serves=[action], **{**fixed, **(picture if action == "generate" else {}), **more})


def test_defaults_are_the_models_own() -> None:
    request, ignored = fitted(spec(), GenerateRequest(prompt="a cat"), STYLES)
    assert request.model == "tiny"
    assert request.sampling == Sampling(steps=25, guidance=3.0, handover=0.8)
    assert not ignored


def test_the_models_own_hand_over_is_that_of_its_row() -> None:
    request, _ = fitted(spec(handover=0.7), GenerateRequest(prompt="a cat"), STYLES)
    assert request.sampling.handover == 0.7


def test_what_was_asked_for_stays() -> None:
    sampling = Sampling(steps=7, guidance=0.0, handover=BASE_ALONE, scheduler="ddim")
    asked = GenerateRequest(prompt="a cat", style="flat", sampling=sampling)
    request, ignored = fitted(spec(), asked, STYLES)
    assert (request.sampling, request.style) == (sampling, "flat")
    assert not ignored


@pytest.mark.parametrize(
    ("model", "asked", "named"),
    [
        ({"styles": ("flat", "3d")}, {"style": "oil"}, "style is 'oil'; allowed: one of 3d, flat, none"),
        ({}, {"style": "nothing"}, "style is 'nothing'"),
        ({}, {"aspect_ratio": "portrait"}, "aspect_ratio is 'portrait'; allowed: one of square"),
        ({"schedulers": ("euler",)}, {"scheduler": "ddim"}, "scheduler is 'ddim'; allowed: one of default, euler"),
        ({"can": ()}, {"handover": 0.5}, "handover is 0.5; allowed: none; Tiny has no refiner"),
        ({}, {"upscale": "x4"}, "upscale is 'x4'; allowed: none; Tiny has no upscaler"),
        (
            {"can": ("upscaler",), "sizes": {"square": (1024, 1024)}},
            {"upscale": "x16"},
            "upscale is 'x16'; allowed: none or x4; Tiny makes 1024 x 1024, and a finished picture has at most",
        ),
        ({"steps": 0}, {"steps": 5}, "steps is 5; allowed: none; Tiny has no steps"),
        ({"steps": 0}, {"guidance": 5.0}, "guidance is 5.0; allowed: none; Tiny has no steps"),
    ],
)
def test_what_a_model_cannot_do_is_refused(model: dict[str, Any], asked: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        fitted(spec(**model), from_flat(GenerateRequest, {"prompt": "a cat", **asked}), STYLES)
    assert named in str(caught.value)


@pytest.mark.parametrize("asked", [None, BASE_ALONE, HANDOVER])
def test_a_model_without_a_refiner_is_not_asked_to_hand_over(asked: float | str | None) -> None:
    request = GenerateRequest(prompt="a cat", sampling=Sampling(handover=asked))
    fit, ignored = fitted(spec(can=()), request, STYLES)
    assert fit.sampling.handover == BASE_ALONE
    # The number every program sends unless told otherwise has no effect, and the record says so.
    assert dict(ignored) == ({"handover": "Tiny has no refiner."} if asked == HANDOVER else {})


@pytest.mark.parametrize(
    ("model", "asked", "given"),
    [
        ({"can": ("upscaler",), "upscale": "x4"}, "default", "x4"),
        ({"can": ("upscaler",), "upscale": "x4"}, "none", "none"),
        ({"can": ("upscaler",), "upscale": "x4"}, "x16", "x16"),
        ({"can": ("upscaler",)}, "default", "none"),
        ({"can": ("upscaler",)}, "x4", "x4"),
        ({}, "default", "none"),
        ({}, "none", "none"),
    ],
)
def test_the_finish_is_the_models_own_unless_one_is_asked_for(model: dict[str, Any], asked: str, given: str) -> None:
    fit, ignored = fitted(spec(**model), from_flat(GenerateRequest, {"prompt": "a cat", "upscale": asked}), STYLES)
    assert fit.finish.upscale == given
    assert "upscale" not in ignored


def test_questions_only_get_their_model() -> None:
    request = AskRequest(image=RED, question="what?")
    assert fitted(spec("ask"), request, STYLES)[0].model == "tiny"


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("EN", "en"), ("en-GB", "en"), ("pt-br", "pt-BR"), ("pt-BR", "pt-BR")]
)
def test_a_voice_speaks_the_varieties_of_its_languages(asked: str, spoken: str) -> None:
    voice = spec("speak", languages=("en", "pt-BR"))
    assert speaks(voice, asked)
    assert fitted(voice, SpeakRequest(text="hello", language=asked), STYLES)[0].language == spoken


def test_a_language_a_voice_does_not_speak_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="language is 'fr'; allowed: one of en, pt-BR"):
        fitted(spec("speak", languages=("en", "pt-BR")), SpeakRequest(text="bonjour", language="fr"), STYLES)
    assert fitted(spec("speak"), SpeakRequest(text="bonjour", language="fr"), STYLES)[0].voice == "tiny"


@dataclass(frozen=True, kw_only=True)
class _Wide:
    """A request with a field that has a default of its own and needs an ability."""

    model_field: ClassVar[str] = "model"

    tiles: int = described(default=1, bound=Whole(1, 4), needs="tiles")
    model: str = described(default="auto", bound=Name("id"))

    def __post_init__(self) -> None:
        check(self)


def test_a_default_that_asks_for_nothing_is_left_in_peace_by_a_model_without_the_ability() -> None:
    request, ignored = fitted(spec(), _Wide(), STYLES)
    assert (request.tiles, dict(ignored)) == (1, {})
    with pytest.raises(InvalidRequestError, match="tiles is 2; allowed: none; Tiny has no tiles"):
        fitted(spec(), _Wide(tiles=2), STYLES)
