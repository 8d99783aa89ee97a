"""Warnings about a flood, once for each flood: a line for each refusal would fill the log as well."""

from __future__ import annotations

import logging
import math
import time

# Seconds without a refusal after which the next one is told again.
_SILENCE = 60.0


class FloodLog:
    """Warns at the first refusal after a silence. For the event loop alone."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._latest = -math.inf

    def warn(self, sentence: str, *values: object) -> None:
        """Note a refusal; ``sentence`` and ``values`` are as ``logging`` takes them."""
        now = time.monotonic()
        if now - self._latest > _SILENCE:
            self._log.warning(sentence, *values)
        self._latest = now
