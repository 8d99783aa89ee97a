"""The voice that is always there: Google's while it can be reached, else the offline one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from pydantic import Field

from core.errors import EngineFailedError, EngineUnavailableError, InvalidRequestError
from core.job import Job
from core.ports import Engine
from core.requests import SpeakRequest
from core.results import Product
from pipelines.catalogue.options import EngineOptions
from pipelines.speech import google as gtts_speech
from pipelines.speech import offline as offline_speech


class Options(EngineOptions):
    """Options of a row in models.yaml.

    Attributes:
        google: options of gtts_speech. offline: options of offline_speech.
        rest: after a failure Google is left alone for that many seconds, so that not every answer waits for it.
    """

    google: gtts_speech.Options = gtts_speech.Options()
    offline: offline_speech.Options = offline_speech.Options()
    rest: float = Field(default=60.0, ge=0, le=86_400)


class AutoSpeech(Engine):
    """See ``core.ports.Engine``. ``facts`` say which voice spoke, and why if it was not the first."""

    def __init__(
        self, first: Engine, second: Engine, *, rest: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._first = first
        self._second = second
        self._rest = rest
        self._now = now
        self._again_at = float("-inf")
        self._why = ""
        self.environment = {"voices": [dict(first.environment), dict(second.environment)]}

    def run(self, request: SpeakRequest, job: Job) -> Product:
        """Speak. See ``core.ports.Engine.run``."""
        if self._now() < self._again_at:
            return self._fall_back(request, job, self._why)
        try:
            return self._first.run(request, job)
        except InvalidRequestError as error:
            # A language it does not know is no reason to leave it alone.
            return self._fall_back(request, job, str(error))
        except (EngineUnavailableError, EngineFailedError) as error:
            self._why = str(error)
            self._again_at = self._now() + self._rest
            return self._fall_back(request, job, self._why)

    def _fall_back(self, request: SpeakRequest, job: Job, why: str) -> Product:
        product = self._second.run(request, job)
        return replace(product, facts={**product.facts, "why": why})


def build(options: Options) -> AutoSpeech:
    """Return the engine. Raises EngineUnavailableError if the offline voice is missing."""
    return AutoSpeech(gtts_speech.build(options.google), offline_speech.build(options.offline), rest=options.rest)
