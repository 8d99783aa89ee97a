"""The brake on guessing: a few failures are free, then each further one doubles the wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5
_WINDOW = 60.0
_LONGEST = 15 * 60.0
_KEPT = 20_000


@dataclass(slots=True)
class _Count:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts failures per key (a name, an address), in memory. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self.failures = 0

    def enter(self, *keys: str) -> int:
        """Return the seconds to wait, or 0. An admitted try counts as a failure until ``succeeded`` takes it back.

        Counting first means that a hundred tries at the same instant are a hundred tries.
        """
        now = self._clock()
        with self._lock:
            counts = [self._counts.setdefault(key, _Count()) for key in keys]
            wait = max(count.until - now for count in counts)
            if wait > 0:
                return int(wait) + 1
            for key, count in zip(keys, counts, strict=True):
                if now - count.last > (_WINDOW if count.failures < FREE else 2 * _LONGEST):
                    count.failures = 0
                count.failures += 1
                count.last = now
                if count.failures >= FREE:
                    count.until = now + min(_LONGEST, _WINDOW * 2 ** min(count.failures - FREE, 10))
                self._counts.move_to_end(key)
            self.failures += 1
            while len(self._counts) > _KEPT:
                self._counts.popitem(last=False)
        return 0

    def succeeded(self, name: str, *others: str) -> None:
        """Forget the failures of ``name``; the others (an address) only get this one try back."""
        with self._lock:
            self._counts.pop(name, None)
            self.failures -= 1
            for key in others:
                count = self._counts.get(key)
                if count:
                    count.failures -= 1
                    count.until = 0.0 if count.failures < FREE else count.until
