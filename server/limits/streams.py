"""How many long requests there may be at once: answers that stay open, and bodies that are still coming in."""

from __future__ import annotations

import logging
import math
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from core.people import GUEST
from server.refusals import Refused

_log = logging.getLogger(__name__)
# Seconds without a refusal after which the next one is told in the log again.
_SILENCE = 60.0
_EACH, _EACH_GUEST = 100, 40


def connections() -> int:
    """Return how many connections this process may hold; the rest of its files are for its own work."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(4_000, max(64, files * 5 // 8))


class Streams:
    """Counts long requests in all, per person and per visitors' address. For the event loop alone."""

    def __init__(self, most: int = 0) -> None:
        """Make the bound; without ``most`` it is two thirds of the connections, so that short requests go on."""
        self._most = most or connections() * 2 // 3
        self._open: Counter[str] = Counter()
        self._told = -math.inf

    @contextmanager
    def open(self, owner: str, address: str) -> Iterator[None]:
        """Hold a request open.

        Raises:
            Refused: with 503, there are too many.
        """
        guest = owner.startswith(GUEST)
        bounds = {f"owner {owner}": _EACH_GUEST if guest else _EACH, "all": self._most}
        if guest:
            # A quarter stays free for accounts, and half of the rest for other addresses.
            bounds |= {"guests": self._most * 3 // 4, f"address {address}": self._most // 2}
        if any(self._open[key] >= most for key, most in bounds.items()):
            self._tell()
            raise Refused(
                503, "too_many_streams", "Too many requests are open at once; please close some, or try again.", wait=15
            )
        self._open.update(bounds.keys())
        try:
            yield
        finally:
            self._open.subtract(bounds.keys())
            self._open += Counter()  # drops what is at 0

    def _tell(self) -> None:
        # Once, not once per refusal: a flood of requests must not fill the log as well.
        if time.monotonic() - self._told > _SILENCE:
            _log.warning("too many requests are open (%d of %d); more are refused", self._open["all"], self._most)
        self._told = time.monotonic()
