"""The cool-down: after many refusals a person waits a while, and what is refused meanwhile leaves no row."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from core.actions import Actor
from core.errors import CoolDownError

# Refusals within the window before the first cool-down; visitors of one address together have more.
FREE = 10
FREE_AT_ADDRESS = 30
_WINDOW = 600.0
_FIRST = 30.0
_LONGEST = 900.0
_KEPT = 20_000


@dataclass(slots=True)
class _Count:
    refusals: int = 0
    last: float = 0.0
    until: float = 0.0


class CoolDown:
    """Counts refusals per person, and per address for visitors. In memory, bounded. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def require(self, actor: Actor) -> None:
        """Return if this actor may ask now. Raises CoolDownError, which says how long to wait."""
        now = self._clock()
        with self._lock:
            for key in _keys(actor):
                count = self._counts.get(key)
                if count is not None and count.until > now:
                    wait = int(count.until - now) + 1
                    raise CoolDownError(_sentence(key, count.refusals, wait), wait)

    def exhausted(self, actor: Actor) -> bool:
        """Tell whether this actor is in a cool-down."""
        now = self._clock()
        with self._lock:
            return any(key in self._counts and self._counts[key].until > now for key in _keys(actor))

    def count(self, actor: Actor) -> None:
        """Note that a request of this actor was refused."""
        now = self._clock()
        with self._lock:
            for key, free in _keys(actor).items():
                count = self._counts.setdefault(key, _Count())
                if now - max(count.last, count.until) > _WINDOW:
                    count.refusals = 0
                count.refusals += 1
                count.last = now
                if count.refusals >= free:
                    count.until = now + min(_LONGEST, _FIRST * 2 ** min(count.refusals - free, 10))
                self._counts.move_to_end(key)
            while len(self._counts) > _KEPT:
                self._counts.popitem(last=False)


def _keys(actor: Actor) -> dict[str, int]:
    keys = {f"name {actor.name}": FREE}
    if actor.visitor and actor.address is not None:
        keys[f"party {actor.party}"] = FREE_AT_ADDRESS * actor.address.people
    return keys


def _sentence(key: str, refusals: int, wait: int) -> str:
    whose = "of your requests" if key.startswith("name ") else "requests from your network address"
    duration = f"{wait} seconds" if wait < 120 else f"{(wait + 59) // 60} minutes"
    return f"{refusals} {whose} were refused lately. Please wait {duration}, then ask for something else."
