"""The flat names of the API, and the parts they belong to."""

import dataclasses
from dataclasses import dataclass, field, replace

import pytest

from core.errors import InvalidRequestError
from core.requests import BASE_ALONE, REQUESTS, UPSCALES, GenerateRequest, Sampling
from core.requests import Finish as Upscaled
from core.requests.bound import Number, Text
from core.requests.field import check, described, description
from core.requests.flat import changed, from_flat, parameters, to_flat


@dataclass(frozen=True, kw_only=True)
class Finish:
    scale: float = described(default=1.0, bound=Number(1, 8), what="how much larger", flat="upscale")

    def __post_init__(self):
        check(self)


@dataclass(frozen=True, kw_only=True)
class Asked:
    words: str = described(bound=Text(20, low=1))
    sampling: Sampling = field(default_factory=Sampling)
    finish: Finish = field(default_factory=Finish)


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_every_field_is_described_once_and_says_its_bounds(kind):
    names = list(parameters(kind))
    assert len(names) == len(set(names))
    for parameter in parameters(kind).values():
        assert parameter.about.bound.words in parameter.about.sentence
        assert not parameter.about.none or parameter.about.none in parameter.about.sentence


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_every_default_is_within_its_own_bounds(kind):
    for name, parameter in parameters(kind).items():
        if not parameter.required:
            parameter.about.check(name, parameter.default)


def test_names_are_flat_whatever_part_they_belong_to():
    assert list(parameters(Asked)) == ["words", "steps", "guidance", "handover", "scheduler", "upscale"]
    made = from_flat(Asked, {"words": "a fox", "steps": 7, "upscale": 4})
    assert made == Asked(words="a fox", sampling=Sampling(steps=7, handover=0.8), finish=Finish(scale=4))
    assert to_flat(made)["upscale"] == 4


def test_none_is_the_base_alone_outside_and_a_word_inside():
    request = from_flat(GenerateRequest, {"prompt": "a fox", "handover": None})
    assert request.sampling.handover == BASE_ALONE
    assert to_flat(request)["handover"] is None


def test_a_size_is_the_models_own_for_programs_and_as_made_for_what_was_kept():
    assert from_flat(GenerateRequest, {"prompt": "a fox"}).finish.upscale == "default"
    assert GenerateRequest(prompt="a fox").finish == Upscaled(upscale="none")
    assert [Upscaled(upscale=word).factor for word in UPSCALES] == [1, 1, 4, 16]
    with pytest.raises(InvalidRequestError, match="upscale is 'x3'; allowed: one of default, none, x16, x4"):
        from_flat(GenerateRequest, {"prompt": "a fox", "upscale": "x3"})


def test_there_and_back_gives_the_same_request():
    request = GenerateRequest(prompt="a fox", sampling=Sampling(steps=3, handover=BASE_ALONE, scheduler="heun"), seed=4)
    assert from_flat(GenerateRequest, to_flat(request)) == request


def test_changing_a_value_of_a_part_leaves_the_others():
    request = GenerateRequest(prompt="a fox", sampling=Sampling(steps=3, scheduler="heun"))
    fit = changed(request, {"steps": 9, "model": "tiny"})
    assert fit == replace(request, model="tiny", sampling=Sampling(steps=9, scheduler="heun"))


def test_unknown_and_missing_names_are_named():
    with pytest.raises(InvalidRequestError, match=r"'sampler'; allowed: the fields aspect_ratio, count"):
        from_flat(GenerateRequest, {"prompt": "a fox", "sampler": "euler"})
    with pytest.raises(InvalidRequestError, match="prompt is None; allowed: what to see, 1 to 2000 characters"):
        from_flat(GenerateRequest, {"style": "flat"})


def test_a_part_has_fields_and_no_description_of_its_own():
    sampling = next(each for each in dataclasses.fields(GenerateRequest) if each.name == "sampling")
    assert description(sampling) is None
