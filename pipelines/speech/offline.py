"""The offline voice: eSpeak NG, run as a separate program because it is GPL. Nothing of it is loaded here."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import wave
from importlib import metadata, util
from pathlib import Path

from pydantic import Field

from core.errors import EngineFailedError, EngineUnavailableError, InvalidRequestError
from core.job import Job
from core.media import Sound
from core.ports import Engine
from core.requests import SpeakRequest
from core.results import Product
from pipelines.catalogue import languages
from pipelines.catalogue.options import EngineOptions
from pipelines.speech.spoken_text import spoken

_PACKAGE = "espeakng-loader"
# The separate program and its exit status for a language without a voice; see there.
_PROGRAM = Path(__file__).with_name("espeak_program.py")
_NO_VOICE = 3
# How long we sleep between looks at a cancelled run; one answer takes less than that.
_LOOK = 0.25


class Options(EngineOptions):
    """Options of a row in models.yaml.

    Attributes:
        seconds: the program is stopped after that long.
    """

    seconds: float = Field(default=20.0, gt=0, le=600)


class OfflineSpeech(Engine):
    """See ``core.ports.Engine``. The same text and language give the same bytes."""

    def __init__(self, options: Options, version: str) -> None:
        self._options = options
        self.environment = {"provider": "espeak-ng", "package": f"{_PACKAGE} {version}"}

    def run(self, request: SpeakRequest, job: Job) -> Product:
        """Speak. See ``core.ports.Engine.run``.

        Raises:
            InvalidRequestError: nothing can be said of the text, or no voice for the language.
        """
        job.step("speaking")
        text = spoken(request.text)
        data, language = self._speak(text, request.language, job)
        return Product(
            sound=Sound(data=data, suffix="wav", seconds=_seconds(data)),
            facts={
                "voice": "offline-voice",
                "language": language,
                "spoken": text,
                "ignored": languages.ignored(request.language, language),
            },
        )

    def _speak(self, text: str, language: str, job: Job) -> tuple[bytes, str]:
        """Return the sound, and the tag of the voice that spoke."""
        command = (sys.executable, "-P", str(_PROGRAM), language, "tell")
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as program:  # noqa: S603 - our own file, no shell; the tag is letters, digits and hyphens
            try:
                data, complaint = self._wait(program, text.encode(), job)
            except BaseException:
                program.kill()
                raise
        said = complaint.decode("utf-8", "replace")
        if program.returncode == _NO_VOICE:
            raise InvalidRequestError("language", language, f"for the offline voice one of {said}")
        if program.returncode != 0:
            raise EngineFailedError(f"The offline voice stopped with status {program.returncode}: {said[-300:]}")
        return data, said.strip() or language

    def _wait(self, program: subprocess.Popen[bytes], text: bytes, job: Job) -> tuple[bytes, bytes]:
        end = time.monotonic() + self._options.seconds
        given: bytes | None = text
        while True:
            try:
                return program.communicate(given, timeout=_LOOK)
            except subprocess.TimeoutExpired as error:
                given = None
                job.check()
                if time.monotonic() > end:
                    message = f"The offline voice took longer than {self._options.seconds:g} seconds and was stopped."
                    raise EngineFailedError(message) from error


def _seconds(data: bytes) -> float:
    try:
        with wave.open(io.BytesIO(data)) as file:
            seconds = float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError) as error:
        raise EngineFailedError("The offline voice gave something that is not a WAV file.") from error
    if seconds <= 0:
        raise EngineFailedError("The offline voice stayed silent; try other words.")
    return round(seconds, 3)


def build(options: Options) -> OfflineSpeech:
    """Return the engine. Raises EngineUnavailableError if the package of the library is missing."""
    # Only looked for, never loaded: the library belongs to the other program.
    if util.find_spec("espeakng_loader") is None:
        raise EngineUnavailableError(f"The offline voice lacks the Python package {_PACKAGE}; install it with pip.")
    return OfflineSpeech(options, metadata.version(_PACKAGE))
