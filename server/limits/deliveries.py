"""Counts the files that came in today, by visitor and by address: those that never become a run count as well."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from core.actions import Actor
from core.errors import LimitReachedError

_LIMIT = "uploads_per_day"
# Behind one address there may be a class of visitors; who drops the cookie each time is still one address.
_VISITORS_EACH = 10
_KEPT = 100_000


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class Deliveries:
    """Thread-safe; in memory, so a restart begins at zero. The pictures that are kept have rows of their own."""

    def __init__(self, today: Callable[[], str] = _today) -> None:
        """Begin; ``today`` names the day, at whose end everything is forgotten."""
        self._today = today
        self._lock = threading.Lock()
        self._day = ""
        self._counts: Counter[str] = Counter()

    def admit(self, actor: Actor, address: str) -> None:
        """Count one more file of ``actor`` from ``address``.

        Raises:
            LimitReachedError: the role may send no more today, or the address may not.
        """
        most = actor.limits.get(_LIMIT)
        with self._lock:
            self._turn_day()
            if most is not None:
                self._within(self._own(actor), most, f"The role {actor.role} may send at most {most} files a day")
                if actor.visitor:
                    whole = most * _VISITORS_EACH
                    words = f"Visitors from one network address may send at most {whole} files a day together"
                    self._within(f"address {address}", whole, words)
            self._count(actor, address, 1)

    def add(self, actor: Actor, address: str, more: int) -> None:
        """Count what one request brought beyond its first file."""
        with self._lock:
            self._count(actor, address, more)

    def _count(self, actor: Actor, address: str, more: int) -> None:
        if len(self._counts) > _KEPT:
            # A flood of names: those with one file go first, and the addresses behind them stay counted.
            self._counts = Counter({key: number for key, number in self._counts.items() if number > 1})
        self._counts[self._own(actor)] += more
        if actor.visitor:
            self._counts[f"address {address}"] += more

    def _within(self, key: str, most: int, words: str) -> None:
        if self._counts[key] >= most:
            raise LimitReachedError(f"{words}; send more after midnight UTC. Limit: {_LIMIT}.")

    def _turn_day(self) -> None:
        day = self._today()
        if day != self._day:
            self._day = day
            self._counts.clear()

    @staticmethod
    def _own(actor: Actor) -> str:
        return f"name {actor.name}"
