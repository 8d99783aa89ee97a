"""The voice of Google Translate: gTTS prepares the text, our own client sends it.

gTTS's own client verifies no certificate, knows no time-out and takes a reply without sound for a success.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from importlib import metadata
from urllib.parse import urlsplit

import httpx
from gtts import gTTS
from gtts.lang import tts_langs
from pydantic import Field

from core.errors import EngineFailedError, EngineUnavailableError, InvalidRequestError
from core.job import Job
from core.media import Sound
from core.ports import Engine
from core.requests import SpeakRequest
from core.results import Product
from pipelines.catalogue import languages
from pipelines.catalogue.options import EngineOptions
from pipelines.network import proxies
from pipelines.network.transport import OversizeError, RetryBudget, StatusError, raise_for_status, read, resolves
from pipelines.speech.spoken_text import spoken

_PATH = "/_/TranslateWebserverUi/data/batchexecute"
# The sound sits as base64 in a JSON string inside a JSON line of the reply.
_SOUND = re.compile(r'jQ1olc","\[\\"([A-Za-z0-9+/=]+)\\"')
# 100 characters are about 60 kB of MP3; this is far above every honest reply.
_LARGEST_REPLY = 4 * 1024 * 1024


class Options(EngineOptions):
    """Options of a row in models.yaml.

    Attributes:
        base_url: where the service is; empty for ``GTTS_BASE_URL`` from the environment, else Google.
        connect_seconds: Google counts as out of reach after that long.
        read_seconds: for one reply. seconds: for the whole text.
    """

    base_url: str = ""
    connect_seconds: float = Field(default=3.0, gt=0, le=60)
    read_seconds: float = Field(default=5.0, gt=0, le=60)
    seconds: float = Field(default=30.0, gt=0, le=600)


class GoogleSpeech(Engine):
    """See ``core.ports.Engine``. The text leaves this machine."""

    def __init__(self, options: Options) -> None:
        self._options = options
        # For a machine that reaches Google through another address; it belongs to the service, as a key would.
        self._base_url = options.base_url or os.environ.get("GTTS_BASE_URL", "") or "https://translate.google.com"
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost)(:|/|$)", self._base_url):
            raise EngineUnavailableError(f"GTTS_BASE_URL is {self._base_url!r}; allowed: an address with https.")
        self._languages = tuple(sorted(tts_langs()))
        self.environment = {"provider": "google", "package": f"gtts {metadata.version('gtts')}"}

    def run(self, request: SpeakRequest, job: Job) -> Product:
        """Speak. See ``core.ports.Engine.run``.

        Raises:
            InvalidRequestError: nothing can be said of the text, or no voice for the language.
            EngineUnavailableError: Google is out of reach, or the proxy on the way cannot be used.
            EngineFailedError: Google refused, or sent no sound.
        """
        job.step("speaking")
        text = spoken(request.text)
        language = self._language(request.language)
        bodies = gTTS(text, lang=language, lang_check=False).get_bodies()
        try:
            data = self._fetch(bodies, job)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineUnavailableError("Google's voice cannot be reached from this machine.") from error
        except httpx.TimeoutException as error:
            raise EngineFailedError("Google's voice did not answer in time.") from error
        except httpx.HTTPError as error:
            raise EngineFailedError(f"The connection to Google's voice broke ({type(error).__name__}).") from error
        except StatusError as error:
            raise EngineFailedError(f"Google's voice refused this text with status {error.status}.") from error
        return Product(
            sound=Sound(data=data, suffix="mp3"),
            facts={
                "voice": "gtts",
                "language": language,
                "spoken": text,
                "parts": len(bodies),
                "ignored": languages.ignored(request.language, language),
            },
        )

    def _language(self, tag: str) -> str:
        known = languages.fitting(tag, self._languages)
        if known is None:
            raise InvalidRequestError("language", tag, f"for gTTS one of {', '.join(self._languages)}")
        return known

    def _fetch(self, bodies: list[str], job: Job) -> bytes:
        options = self._options
        host = urlsplit(self._base_url).hostname or ""
        # Behind a proxy it is the proxy that knows the name.
        if proxies.of(self._base_url) is None and not resolves(host, options.connect_seconds):
            raise httpx.ConnectTimeout(f"no answer about {host} from the name server")
        budget = RetryBudget(seconds=options.seconds)
        timeout = httpx.Timeout(options.read_seconds, connect=options.connect_seconds)
        sound = bytearray()
        way = proxies.transport(self._base_url)
        with httpx.Client(transport=way, timeout=timeout, headers=gTTS.GOOGLE_TTS_HEADERS) as client:
            for part, body in enumerate(bodies):
                job.step("speaking", part, len(bodies))
                sound += self._say(client, body, budget)
        return bytes(sound)

    def _say(self, client: httpx.Client, body: str, budget: RetryBudget) -> bytes:
        with client.stream("POST", f"{self._base_url}{_PATH}", content=body) as response:
            raise_for_status(response)
            try:
                reply = read(response, _LARGEST_REPLY, budget)
            except OversizeError as error:
                raise EngineFailedError("Google's voice sent far more than a sentence of sound.") from error
        found = _SOUND.search(reply.decode("utf-8", "replace"))
        try:
            sound = base64.b64decode(found[1], validate=True) if found else b""
        except binascii.Error:
            sound = b""
        if not _is_mp3(sound):
            raise EngineFailedError("Google's voice answered without sound.")
        return sound


def _is_mp3(data: bytes) -> bool:
    """Tell whether this begins as MP3 does: a tag, or the eleven set bits of a frame."""
    return data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0)


def build(options: Options) -> GoogleSpeech:
    """Return the engine. Nothing is contacted yet."""
    return GoogleSpeech(options)
