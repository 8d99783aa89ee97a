from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from core.errors import BlockedError, EngineFailedError
from core.job import Job
from core.media import Picture
from core.requests import AskRequest, DescribeRequest, Turn
from pipelines.replicate.answers import Options, ReplicateAnswers, build
from tests.pipelines.fake_replicate import TOKEN, VERSION, FakeReplicate, png
from tests.pipelines.watched_job import WatchedJob


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReplicate]:
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    with FakeReplicate() as server:
        yield server


def engine(fake: FakeReplicate, **more: Any) -> ReplicateAnswers:
    fixed = {"model": "owner/name", "version": VERSION, "base_url": fake.url, "poll": 0.01, "first_wait": 0.01}
    return build(Options(**(fixed | more)))


def picture(width: int = 60, height: int = 40) -> Picture:
    return Picture(png=png(3, width, height), width=width, height=height)


def test_the_answer_grows_by_sentences(fake: FakeReplicate) -> None:
    fake.looks = 3
    job = WatchedJob()
    product = engine(fake).run(AskRequest(image=picture(), question="What is it?"), job)
    assert product.text == "It is a red fox. It sits on grass."
    shown = [p.text for p in job.progress if p.stage == "answering"]
    assert shown == ["It is a red fox. ", "It is a red fox. It sits on grass."]
    assert fake.created[0]["input"]["prompt"] == "What is it?"
    assert product.facts["predictions"] == ["p0"]


def test_the_picture_travels_as_it_is_or_smaller(fake: FakeReplicate) -> None:
    small, large = picture(), picture(2000, 1000)
    for image in (small, large):
        engine(fake).run(AskRequest(image=image, question="What?"), WatchedJob())
    sent = [base64.b64decode(body["input"]["image"].removeprefix("data:image/png;base64,")) for body in fake.created]
    assert sent[0] == small.png
    assert Image.open(io.BytesIO(sent[1])).size == (512, 256)


def test_earlier_turns_are_told(fake: FakeReplicate) -> None:
    history = (Turn(question="What is it?", answer="A fox."), Turn(question="Which colour?", answer="Red."))
    engine(fake).run(AskRequest(image=picture(), question="How many?", history=history), WatchedJob())
    prompt = fake.created[0]["input"]["prompt"]
    assert prompt.index("A fox.") < prompt.index("Red.") < prompt.index("Now answer: How many?")
    assert "history" not in fake.created[0]["input"]


@pytest.mark.parametrize("length", ["short", "long"])
def test_descriptions(fake: FakeReplicate, length: str) -> None:
    own = {"describe_short": "Shortly?", "describe_long": "At length?"}
    engine(fake, **own).run(DescribeRequest(image=picture(), length=length), WatchedJob())
    assert fake.created[0]["input"]["prompt"] == own[f"describe_{length}"]


def test_a_blocked_sentence_ends_the_prediction(fake: FakeReplicate) -> None:
    def refuse(_: str) -> None:
        raise BlockedError("no", ())

    fake.looks = 10**6
    fake.words = ["Bad. ", "More. ", "And more."]
    job = Job(
        "0" * 32, publish=lambda _: None, approve=refuse, keep_ticket=lambda _: None, keep_picture=lambda *_: None
    )
    with pytest.raises(BlockedError):
        engine(fake).run(AskRequest(image=picture(), question="What?"), job)
    assert fake.predictions["p0"]["status"] == "canceled"


def test_an_empty_answer(fake: FakeReplicate) -> None:
    fake.words = []
    with pytest.raises(EngineFailedError, match="empty answer"):
        engine(fake).run(AskRequest(image=picture(), question="What?"), WatchedJob())


def test_a_second_attempt_creates_nothing(fake: FakeReplicate) -> None:
    fake.add({"prompt": "What?"})
    product = engine(fake).run(AskRequest(image=picture(), question="What?"), WatchedJob(ticket="p0"))
    assert product.text == "It is a red fox. It sits on grass."
    assert fake.created == []
