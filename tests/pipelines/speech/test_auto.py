from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import InvalidRequestError
from core.requests import SpeakRequest
from pipelines.speech import google as gtts_speech
from pipelines.speech import offline as offline_speech
from pipelines.speech.auto import AutoSpeech, Options, build
from tests.pipelines.fake_google import FakeGoogle
from tests.pipelines.fake_server import Reply
from tests.pipelines.watched_job import WatchedJob

HELLO = SpeakRequest(text="Hello there.")


@pytest.fixture
def fake() -> Iterator[FakeGoogle]:
    with FakeGoogle() as server:
        yield server


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_google_speaks_while_it_is_there(fake: FakeGoogle) -> None:
    product = build(Options(google=gtts_speech.Options(base_url=fake.url))).run(HELLO, WatchedJob())
    assert product.sound is not None
    assert product.sound.suffix == "mp3"
    assert "why" not in product.facts


def test_the_offline_voice_takes_over_and_google_rests_for_a_minute(fake: FakeGoogle) -> None:
    clock = _Clock()
    google = gtts_speech.build(gtts_speech.Options(base_url=fake.url))
    voice = AutoSpeech(google, offline_speech.build(offline_speech.Options()), rest=60, now=clock)
    fake.next_replies.append(Reply(429))
    first = voice.run(HELLO, WatchedJob())
    clock.now += 59
    second = voice.run(HELLO, WatchedJob())
    assert [product.facts["voice"] for product in (first, second)] == ["offline-voice"] * 2
    assert "status 429" in second.facts["why"]
    assert len(fake.asked) == 1
    clock.now += 2
    assert voice.run(HELLO, WatchedJob()).facts["voice"] == "gtts"


def test_without_a_network() -> None:
    product = build(Options(google=gtts_speech.Options(base_url="http://127.0.0.1:9"))).run(HELLO, WatchedJob())
    assert product.sound is not None
    assert product.sound.suffix == "wav"
    assert "cannot be reached" in product.facts["why"]


def test_a_language_google_lacks_does_not_send_it_to_rest(fake: FakeGoogle) -> None:
    voice = build(Options(google=gtts_speech.Options(base_url=fake.url)))
    assert voice.run(SpeakRequest(text="Hello", language="grc"), WatchedJob()).facts["voice"] == "offline-voice"
    assert voice.run(HELLO, WatchedJob()).facts["voice"] == "gtts"


def test_a_language_nobody_has(fake: FakeGoogle) -> None:
    with pytest.raises(InvalidRequestError, match="language is 'xx'"):
        build(Options(google=gtts_speech.Options(base_url=fake.url))).run(
            SpeakRequest(text="Hello", language="xx"), WatchedJob()
        )
