"""The real program, started for real."""

from __future__ import annotations

import array
import io
import math
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import pytest

from core.errors import EngineFailedError, InvalidRequestError, RunCancelledError
from core.media import Sound
from core.requests import SpeakRequest
from pipelines.speech import offline as offline_speech
from pipelines.speech.offline import Options, build
from tests.pipelines.watched_job import WatchedJob


def say(text: str, language: str = "en") -> Sound:
    sound = build(Options()).run(SpeakRequest(text=text, language=language), WatchedJob()).sound
    assert sound is not None
    return sound


def loudness(sound: Sound) -> float:
    """Return the root mean square of the samples, 0..1."""
    with wave.open(io.BytesIO(sound.data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        samples = array.array("h", file.readframes(file.getnframes()))
    return math.sqrt(sum(s * s for s in samples) / len(samples)) / 32_768


def test_it_is_heard_and_takes_its_time() -> None:
    short = say("A red fox.")
    long = say("A red fox sits on green grass, and two blue birds look down from the tree above it.")
    assert short.suffix == "wav"
    assert 0.03 < loudness(short) < 0.5
    assert short.seconds is not None
    assert long.seconds is not None
    assert 0.5 < short.seconds < 2
    assert 3 < long.seconds < 9


def test_the_same_words_give_the_same_bytes() -> None:
    assert say("A red fox.").data == say("A red fox.").data


def test_an_answer_is_ready_well_within_a_second() -> None:
    say("warm")
    begun = time.monotonic()
    say("The animal in the picture is a red fox.")
    assert time.monotonic() - begun < 1


def test_languages_differ() -> None:
    said = {language: say("paris 1999", language).data for language in ("en", "en-GB", "fr", "de", "es", "pt-BR", "zh")}
    assert len(set(said.values())) == len(said)
    assert say("paris 1999", "de-AT").data == said["de"]


def test_an_unknown_language_names_those_it_has() -> None:
    with pytest.raises(
        InvalidRequestError, match=r"language is 'xx'; allowed: for the offline voice one of af, am, .*yue"
    ):
        say("hello", "xx")


def test_nothing_to_say() -> None:
    with pytest.raises(InvalidRequestError, match="at least one letter or digit"):
        say("🦊 ...")


def test_markup_is_said_and_not_obeyed() -> None:
    assert say('one <break time="60s"/> two').seconds < 10  # type: ignore[operator]


def test_a_thousand_signs() -> None:
    assert say("The fox runs. " * 71).seconds > 30  # type: ignore[operator]


@pytest.fixture
def stuck_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(offline_speech, "_PROGRAM", stuck)


@pytest.mark.usefixtures("stuck_program")
def test_the_time_limit() -> None:
    begun = time.monotonic()
    with pytest.raises(EngineFailedError, match=r"longer than 0\.3 seconds"):
        build(Options(seconds=0.3)).run(SpeakRequest(text="hello"), WatchedJob())
    assert time.monotonic() - begun < 5


@pytest.mark.usefixtures("stuck_program")
def test_cancel_stops_the_program() -> None:
    job = WatchedJob()
    threading.Timer(0.1, job.cancel).start()
    begun = time.monotonic()
    with pytest.raises(RunCancelledError):
        build(Options()).run(SpeakRequest(text="hello"), job)
    assert time.monotonic() - begun < 5


def test_a_broken_program_is_no_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline_speech, "_PROGRAM", offline_speech._PROGRAM.with_name("missing.py"))
    with pytest.raises(EngineFailedError, match=r"stopped with status 2: .*missing\.py"):
        say("hello")


def test_the_library_stays_in_the_other_program() -> None:
    code = (
        "import sys\n"
        "from core.requests import SpeakRequest\n"
        "from pipelines.speech.offline import Options, build\n"
        "from tests.pipelines.watched_job import WatchedJob\n"
        "build(Options()).run(SpeakRequest(text='hello'), WatchedJob())\n"
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else ''\n"
        "print('espeakng_loader' in sys.modules or 'espeak' in maps)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
