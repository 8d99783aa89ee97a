"""Who may wait for a run. Each wait holds a thread of the server, and the last ones are kept for accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.actions import Actor
from core.admission.held import Held
from core.errors import QueueFullError

# Handlers of the page that work or wait at once.
THREADS = 200
# Tabs and scripts of one visitor that wait at once.
_EACH_VISITOR = 16


class Waits:
    """Counts the waits under way. Thread-safe."""

    def __init__(self, threads: int = THREADS) -> None:
        """Share out ``threads``.

        Visitors hold at most three quarters of them together, the visitors of one address a quarter; an account holds
        at most three fifths.
        """
        self._taken = Held()
        self._visitors = max(1, threads * 3 // 4)
        self._address = max(1, threads // 4)
        self._account = max(1, threads * 3 // 5)

    @contextmanager
    def take(self, actor: Actor) -> Iterator[None]:
        """Hold a place for as long as the block lasts.

        Raises:
            QueueFullError: this actor's share is taken. The run itself goes on.
        """
        with self._taken.take(self._shares(actor), _full):
            yield

    def _shares(self, actor: Actor) -> dict[str, int]:
        if not actor.visitor:
            return {f"name {actor.name}": self._account}
        shares = {"visitors": self._visitors, f"name {actor.name}": _EACH_VISITOR}
        if actor.address is not None:
            shares[f"party {actor.party}"] = self._address * actor.address.people
        return shares


def _full() -> QueueFullError:
    return QueueFullError(
        "Too many requests are waiting for their results. This run goes on; look at it again in a while."
    )
