"""The contract of the separate program: standard input, standard output, exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelines.speech import espeak_program

PROGRAM = str(Path(espeak_program.__file__))


def run(*arguments: str, text: bytes = b"hello") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *arguments], input=text, capture_output=True, check=False)


def test_wav_comes_out() -> None:
    done = run("-P", PROGRAM, "en")
    assert done.returncode == 0
    assert done.stdout[:4] == b"RIFF"
    assert done.stderr == b""


def test_it_names_the_voice_that_spoke_if_asked() -> None:
    for tag, voice in (("es-419", b"es-419"), ("es-MX", b"es"), ("zh-Hant-TW", b"cmn"), ("chr-US-Qaaa-x-west", None)):
        done = run("-P", PROGRAM, tag, "tell")
        assert done.stdout[:4] == b"RIFF"
        assert done.stderr == (voice or tag.lower().encode())


def test_it_can_be_started_as_a_module() -> None:
    assert run("-m", "pipelines.speech.espeak_program").stdout[:4] == b"RIFF"


def test_no_voice() -> None:
    done = run("-P", PROGRAM, "xx")
    assert done.returncode == 3
    assert done.stdout == b""
    assert b"de, el, en" in done.stderr


def test_no_library() -> None:
    done = run("-S", "-P", PROGRAM, "en")
    assert done.returncode == 2
    assert b"espeakng-loader" in done.stderr
