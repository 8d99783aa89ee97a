from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import EngineFailedError, EngineUnavailableError, InvalidRequestError, RunCancelledError
from core.requests import SpeakRequest
from pipelines.speech.google import GoogleSpeech, Options, build
from tests.pipelines.fake_google import MP3, FakeGoogle
from tests.pipelines.fake_server import Reply
from tests.pipelines.watched_job import WatchedJob


@pytest.fixture
def fake() -> Iterator[FakeGoogle]:
    with FakeGoogle() as server:
        yield server


def engine(fake: FakeGoogle, **more: Any) -> GoogleSpeech:
    return build(Options(**({"base_url": fake.url} | more)))


def test_one_sentence(fake: FakeGoogle) -> None:
    product = engine(fake).run(SpeakRequest(text="The fox is red 🦊."), WatchedJob())
    assert product.sound is not None
    assert (product.sound.data, product.sound.suffix, product.sound.seconds) == (MP3, "mp3", None)
    assert fake.texts == [("The fox is red .", "en")]
    assert fake.asked[0].path == "/_/TranslateWebserverUi/data/batchexecute"
    assert product.facts["voice"] == "gtts"


def test_a_long_text_goes_in_parts_and_comes_back_as_one(fake: FakeGoogle) -> None:
    text = "The quick brown fox jumps over the lazy dog and runs away. " * 10
    job = WatchedJob()
    product = engine(fake).run(SpeakRequest(text=text), job)
    parts = [part for part, _ in fake.texts]
    assert len(parts) >= 6
    assert max(map(len, parts)) <= 100
    assert product.sound is not None
    assert product.sound.data == MP3 * len(parts)
    assert [p.step for p in job.progress][1:] == list(range(len(parts)))


@pytest.mark.parametrize(
    ("asked", "sent"), [("en-US", "en"), ("pt-BR", "pt"), ("zh-TW", "zh-TW"), ("zh-tw", "zh-TW"), ("FR", "fr")]
)
def test_languages(fake: FakeGoogle, asked: str, sent: str) -> None:
    engine(fake).run(SpeakRequest(text="hello", language=asked), WatchedJob())
    assert fake.texts[0][1] == sent


def test_an_unknown_language_names_those_it_has(fake: FakeGoogle) -> None:
    with pytest.raises(InvalidRequestError, match=r"language is 'xx'; allowed: for gTTS one of af, ar, .*zh-TW"):
        engine(fake).run(SpeakRequest(text="hello", language="xx"), WatchedJob())
    assert fake.asked == []


@pytest.mark.parametrize("status", [403, 429, 500])
def test_refusals(fake: FakeGoogle, status: int) -> None:
    fake.next_replies.append(Reply(status, b"<html>sorry</html>"))
    with pytest.raises(EngineFailedError, match=f"status {status}"):
        engine(fake).run(SpeakRequest(text="hello"), WatchedJob())


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b""),
        Reply(200, b')]}\'\n\n[["wrb.fr","jQ1olc",null,null,null,[3],"generic"]]\n'),
        FakeGoogle.sound(b""),
        FakeGoogle.sound(b"<html>no sound"),
        Reply(200, b'jQ1olc","[\\"abc\\"'),
    ],
)
def test_a_reply_without_sound_is_no_success(fake: FakeGoogle, reply: Reply) -> None:
    fake.next_replies.append(reply)
    with pytest.raises(EngineFailedError, match="without sound"):
        engine(fake).run(SpeakRequest(text="hello"), WatchedJob())


def test_a_flood_is_not_read_to_its_end(fake: FakeGoogle) -> None:
    fake.next_replies.append(Reply(200, bytes(5 * 1024 * 1024)))
    with pytest.raises(EngineFailedError, match="far more"):
        engine(fake).run(SpeakRequest(text="hello"), WatchedJob())


def test_silence_ends_in_time(fake: FakeGoogle) -> None:
    fake.hang = True
    begun = time.monotonic()
    with pytest.raises(EngineFailedError, match="in time"):
        engine(fake, read_seconds=0.3).run(SpeakRequest(text="hello"), WatchedJob())
    assert time.monotonic() - begun < 3


def test_offline() -> None:
    begun = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="cannot be reached"):
        build(Options(base_url="http://127.0.0.1:9")).run(SpeakRequest(text="hello"), WatchedJob())
    assert time.monotonic() - begun < 3


def test_a_name_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    begun = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="cannot be reached"):
        build(Options(connect_seconds=0.2)).run(SpeakRequest(text="hello"), WatchedJob())
    assert time.monotonic() - begun < 2


def test_cancelled(fake: FakeGoogle) -> None:
    job = WatchedJob()
    job.cancel()
    with pytest.raises(RunCancelledError):
        engine(fake).run(SpeakRequest(text="hello"), job)
    assert fake.asked == []


def test_the_certificate_is_verified(fake: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    # A server that speaks no TLS at all stands for one that cannot prove who it is: nothing of the text is sent.
    with pytest.raises(EngineUnavailableError):
        engine(fake, base_url=f"https://127.0.0.1:{fake.port}").run(SpeakRequest(text="hello"), WatchedJob())
    assert fake.asked == []
