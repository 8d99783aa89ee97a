"""Every request there and back, by type: also requests with fields nobody has thought of yet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import record
from core.actions import Action
from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import (
    BASE_ALONE,
    MAX_SEED,
    REQUESTS,
    SCHEDULERS,
    UPSCALES,
    AskRequest,
    DescribeRequest,
    Finish,
    GenerateRequest,
    Sampling,
    SpeakRequest,
    Turn,
)

PICTURES = {one.sha256: one for one in (Picture(png=bytes([shade]) * 9, width=8, height=8) for shade in range(4))}
WORDS = st.text(alphabet=st.characters(categories=["L", "N", "So"]), min_size=1, max_size=50)
pictures = st.sampled_from(list(PICTURES.values()))


@dataclass(frozen=True, kw_only=True)
class Likeness:
    picture: Picture
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Start:
    picture: Picture | None = None
    mask: Picture | None = None
    region: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Rich:
    """What a request may look like one day."""

    action: ClassVar[Action] = Action("rich")

    start: Start = field(default_factory=Start)
    likeness: tuple[Likeness, ...] = ()
    adapters: tuple[tuple[str, float], ...] = ()
    seeds: tuple[int, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)


samplings = st.builds(
    Sampling,
    steps=st.none() | st.integers(1, 150),
    guidance=st.none() | st.floats(0, 30),
    handover=st.none() | st.just(BASE_ALONE) | st.floats(0, 1, exclude_min=True, exclude_max=True),
    scheduler=st.sampled_from(SCHEDULERS),
)
shipped = st.one_of(
    st.builds(
        GenerateRequest,
        prompt=WORDS,
        count=st.integers(1, 8),
        seed=st.integers(-1, MAX_SEED - 8),
        sampling=samplings,
        finish=st.builds(Finish, upscale=st.sampled_from(UPSCALES)),
    ),
    st.builds(
        AskRequest,
        image=pictures,
        question=WORDS,
        history=st.lists(st.builds(Turn, question=WORDS, answer=WORDS), max_size=3).map(tuple),
    ),
    st.builds(DescribeRequest, image=pictures, length=st.sampled_from(["short", "long"])),
    st.builds(SpeakRequest, text=WORDS, language=st.sampled_from(["en", "pt-BR", "es-419"])),
)
requests = shipped | st.builds(
    Rich,
    start=st.builds(
        Start,
        picture=st.none() | pictures,
        mask=st.none() | pictures,
        region=st.none() | st.tuples(*[st.integers(0, 99)] * 4),
    ),
    likeness=st.lists(st.builds(Likeness, picture=pictures, weight=st.floats(0, 2)), max_size=3).map(tuple),
    adapters=st.lists(st.tuples(WORDS, st.floats(0, 2)), max_size=3).map(tuple),
    seeds=st.lists(st.integers(0, 9)).map(tuple),
    sampling=samplings,
)


@pytest.fixture(autouse=True, scope="module")
def _rich_request():
    REQUESTS[Rich.action] = Rich
    yield
    del REQUESTS[Rich.action]


@given(requests)
def test_a_request_survives_the_log(request):
    kept = json.loads(json.dumps(record.to_json(request)))
    assert record.from_json(request.action, kept, PICTURES.__getitem__) == request


@given(shipped)
def test_flat_rows_of_an_older_log_come_back_too(request):
    flat = record.flat(request.action, record.to_json(request))
    again = record.from_json(request.action, json.loads(json.dumps(flat)), PICTURES.__getitem__)
    assert record.flat(again.action, record.to_json(again)) == flat


@given(pictures, pictures, pictures)
def test_every_picture_is_found_in_whatever_part(first, second, third):
    request = Rich(start=Start(picture=first, mask=second), likeness=(Likeness(picture=third),))
    assert record.pictures(request) == (first, second, third)


def test_the_log_refuses_fields_it_does_not_know():
    with pytest.raises(InvalidRequestError, match="sampler"):
        record.from_json(GenerateRequest.action, {"prompt": "a fox", "sampler": "euler"}, PICTURES.__getitem__)
    kept = {"prompt": "a fox", "sampling": {"sharpness": 2}}
    with pytest.raises(InvalidRequestError, match="sharpness"):
        record.from_json(GenerateRequest.action, kept, PICTURES.__getitem__)


def test_the_log_names_what_is_missing_and_what_nobody_can_do():
    with pytest.raises(InvalidRequestError, match="image"):
        record.from_json(AskRequest.action, {"question": "what?"}, PICTURES.__getitem__)
    with pytest.raises(InvalidRequestError, match="'dance'; allowed: one of generate, ask"):
        record.from_json(Action("dance"), {}, PICTURES.__getitem__)


@pytest.mark.parametrize("kept", [{"prompt": "a fox", "seed": 4}, {"prompt": "a fox", "sampling": {"steps": 3}}])
def test_a_request_from_before_there_was_an_upscaler_stays_as_it_was_made(kept):
    request = record.from_json(Action.GENERATE, kept, PICTURES.__getitem__)
    assert request.finish == Finish(upscale="none")
    assert record.flat(Action.GENERATE, kept)["upscale"] == "none"
