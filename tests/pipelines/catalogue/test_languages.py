from __future__ import annotations

import subprocess
import sys

import pytest
from gtts.lang import tts_langs

from core.requests import SpeakRequest
from pipelines.catalogue.languages import fitting, ignored
from pipelines.speech import espeak_program

KNOWN = ("en", "es", "es-419", "iw", "no", "pt-BR", "tl", "zh", "zh-CN", "zh-TW")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("es-419", "es-419"), ("ES-MX", "es"), ("es-419-x-a", "es-419"), ("zh-Hant-HK", "zh-TW"), ("zh-Hans", "zh-CN"),
     ("zh-yue", "zh"), ("he-IL", "iw"), ("nb-NO", "no"), ("fil", "tl"), ("pt-br", "pt-BR"), ("pt", None), ("xx", None)],
)  # fmt: skip
def test_the_most_special_one_is_taken(asked: str, found: str | None) -> None:
    assert fitting(asked, KNOWN) == found


def test_every_tag_a_voice_lists_can_be_asked_for() -> None:
    done = subprocess.run([sys.executable, espeak_program.__file__, "xx"], capture_output=True, input=b"", check=False)
    listed = [*done.stderr.decode().split(", "), *tts_langs()]
    assert "es-419" in listed
    for tag in listed:
        assert SpeakRequest(text="hello", language=tag).language == tag


def test_a_variety_that_is_not_spoken_is_told() -> None:
    assert "es-MX" in ignored("es-MX", "es")["language"]
    assert ignored("es", "es") == ignored("ES-419", "es-419") == ignored("en", "en-us") == {}
