"""How many long requests there may be at once: answers that stay open, and bodies that are still coming in."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from core.admission.held import Held
from core.people import GUEST
from server.limits.flood_log import FloodLog
from server.refusals import Refused

_log = logging.getLogger(__name__)
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
        self._open = Held()
        self._flood = FloodLog(_log)

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
        with self._open.take(bounds, self._full):
            yield

    def _full(self) -> Refused:
        self._flood.warn("too many requests are open (%d of %d); more are refused", self._open["all"], self._most)
        sentence = "Too many requests are open at once; please close some, or try again."
        return Refused(503, "too_many_streams", sentence, wait=15)
