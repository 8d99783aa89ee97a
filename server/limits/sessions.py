"""How many sessions of the page are kept: a share for each visitor and each address, and a bound in all.

Gradio keeps the state of every session it was ever told the name of, and names cost nothing.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from core.people import GUEST
from server.refusals import Refused

MOST = 1_000
_EACH = 50
_EACH_ADDRESS = 400
_MOST_UNREAD = 100


class SessionMemory(Protocol):
    """Where the state of sessions lies."""

    def unread(self, session: str) -> int:
        """Return how many answers nobody has read yet."""

    async def end(self, session: str) -> None:
        """Forget everything of a session; what it has waiting is dropped."""


@dataclass(slots=True)
class _Session:
    owner: str
    address: str
    streams: int = 0


class Sessions:
    """Ends the session unused for longest of a visitor who has too many. For the event loop alone."""

    def __init__(self, memory: SessionMemory | None = None, *, most: int = MOST) -> None:
        """Make the bound; ``most`` sessions are kept in all."""
        self._memory = memory
        self._most = most
        self._kept: OrderedDict[str, _Session] = OrderedDict()
        self._shares: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many sessions are kept."""
        return len(self._kept)

    async def use(self, name: str, owner: str, address: str) -> None:
        """Note that ``owner`` uses a session, and end another one where that makes too many.

        Raises:
            Refused: hundred answers of this session wait to be read.
        """
        if self._memory and self._memory.unread(name) >= _MOST_UNREAD:
            raise Refused(429, "limit_reached", f"{_MOST_UNREAD} answers of this session wait to be read.", wait=10)
        if name not in self._kept:
            # An account's sessions count for the account alone: many may sit behind one address.
            session = _Session(owner, address if owner.startswith(GUEST) else "")
            self._kept[name] = session
            self._shares.update(_shares(session))
        self._kept.move_to_end(name)
        for victim in self._too_many(name):
            await self.end(victim)

    async def end(self, name: str) -> None:
        """Forget a session."""
        session = self._kept.pop(name, None)
        if session is not None:
            self._shares.subtract(_shares(session))
            self._shares += Counter()  # drops what is at 0
            if self._memory:
                await self._memory.end(name)

    @contextmanager
    def open(self, name: str) -> Iterator[None]:
        """Hold a session open while somebody listens: it is ended last."""
        session = self._kept.get(name)
        if session is None:
            yield
            return
        session.streams += 1
        try:
            yield
        finally:
            session.streams -= 1

    def _too_many(self, new: str) -> list[str]:
        mine = self._kept[new]
        bounds: tuple[tuple[bool, Callable[[_Session], bool]], ...] = (
            (self._shares[f"owner {mine.owner}"] > _EACH, lambda other: other.owner == mine.owner),
            (
                bool(mine.address) and self._shares[f"address {mine.address}"] > min(_EACH_ADDRESS, self._most),
                lambda other: other.address == mine.address,
            ),
            (len(self._kept) > self._most, lambda _: True),
        )
        return [self._oldest(new, belongs) for exceeded, belongs in bounds if exceeded][:1]

    def _oldest(self, new: str, belongs: Callable[[_Session], bool]) -> str:
        candidates = [name for name, session in self._kept.items() if name != new and belongs(session)]
        return next((name for name in candidates if not self._kept[name].streams), candidates[0])


def _shares(session: _Session) -> list[str]:
    return [f"owner {session.owner}", *([f"address {session.address}"] if session.address else [])]
