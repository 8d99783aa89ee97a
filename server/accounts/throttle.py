"""The limit on guessing passwords: it slows wrong tries down, and never locks the owner of an account out.

Wrong tries are counted where they come from, for the name they were made for: five are free, then each further one
doubles the wait. Many wrong tries for one name, from wherever, only slow the others down: each address waits a little
before its first try, and has one at a time. Names that do not exist are treated like all others, so nothing tells them
apart.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

FREE = 5
# All names that are tried from one address; behind it may be a whole school.
FREE_AT_ADDRESS = 20
# All addresses from which one name is tried.
FREE_FOR_NAME = 20
# Seconds an address waits before its first try for such a name.
PAUSE = 20.0
_WINDOW = 60.0
_LONGEST = 15 * 60.0
_FORGOTTEN = 2 * _LONGEST
_KEPT = 20_000


@dataclass(slots=True)
class _Count:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0
    # Whether the pause for a name that many try was imposed already.
    paused: bool = False


class Throttle:
    """Counts wrong passwords, in memory, bounded. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[Hashable, _Count] = OrderedDict()
        # Browsers and addresses from which the right password came.
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.failures = 0

    def enter(self, name: str, address: str, *, people: int = 1, browser: str = "") -> int:
        """Return the seconds to wait, or 0. An admitted try counts as a failure until ``succeeded`` takes it back.

        Counting first means that a hundred tries at the same instant are a hundred tries.

        Args:
            name: of the account, whether there is one or not.
            address: where the try comes from.
            people: how many people may stand behind the address.
            browser: a secret that only this browser has; one from which the right password came before is not slowed
                by what others do, from its own address or elsewhere.
        """
        now = self._clock()
        with self._lock:
            self._forget(now)
            if browser and (name, browser) in self._known:
                wait = self._admit(now, {("browser", name, browser): FREE})
            else:
                own = ("pair", name, address)
                wait = self._pause(now, name, address, own)
                if not wait:
                    wait = self._admit(now, {own: FREE, ("address", address): FREE_AT_ADDRESS * people})
            if not wait:
                self.failures += 1
                count = self._count(("name", name), now, FREE_FOR_NAME)
                count.failures, count.last = count.failures + 1, now
            return int(wait) + 1 if wait else 0

    def succeeded(self, name: str, address: str, *, browser: str = "") -> None:
        """Forget the failures of this name from here; the address and the name only get this one try back."""
        with self._lock:
            self.failures -= 1
            for key in (("pair", name, address), ("browser", name, browser)):
                self._counts.pop(key, None)
            for shared, free in ((("address", address), FREE_AT_ADDRESS), (("name", name), FREE_FOR_NAME)):
                count = self._counts.get(shared)
                if count:
                    count.failures -= 1
                    count.until = 0.0 if count.failures < free else count.until
            for place in (address, browser):
                if place:
                    self._known[name, place] = None
                    self._known.move_to_end((name, place))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def _pause(self, now: float, name: str, address: str, own: Hashable) -> float:
        """Return the wait of an address that is new to a name which many try."""
        tried = self._counts.get(("name", name))
        if tried is None or tried.failures < FREE_FOR_NAME or (name, address) in self._known:
            return 0.0
        count = self._count(own, now, FREE)
        if count.paused:
            return 0.0
        # After the pause there is one try at a time; waiting longer gives no free ones back.
        count.paused, count.last = True, now
        count.failures, count.until = max(FREE, count.failures), max(count.until, now + PAUSE)
        return count.until - now

    def _admit(self, now: float, keys: dict[Hashable, int]) -> float:
        wait = max((self._counts[key].until - now for key in keys if key in self._counts), default=0.0)
        if wait > 0:
            return wait
        for key, free in keys.items():
            count = self._count(key, now, free)
            count.failures += 1
            count.last = now
            if count.failures >= free:
                count.until = now + min(_LONGEST, _WINDOW * 2 ** min(count.failures - free, 10))
        return 0.0

    def _count(self, key: Hashable, now: float, free: int) -> _Count:
        count = self._counts.setdefault(key, _Count())
        self._counts.move_to_end(key)
        if now - count.last > (_WINDOW if count.failures < free else _FORGOTTEN):
            count.failures, count.paused = 0, False
        while len(self._counts) > _KEPT:
            self._counts.popitem(last=False)
        return count

    def _forget(self, now: float) -> None:
        """Drop what is too old to matter. The order is that of the latest use, so the old ones come first."""
        while self._counts:
            key, oldest = next(iter(self._counts.items()))
            if now - oldest.last <= _FORGOTTEN:
                return
            del self._counts[key]
