"""A lock that is fair between people: one holder at a time, and many uploads of one person do not delay the others."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from core.actions import Actor
from core.errors import QueueFullError

# Each wait holds a thread of the server.
_EACH_VISITOR = 6
_EACH_ADDRESS = 16
_EACH_ACCOUNT = 20
_VISITORS = 60

_Queue = OrderedDict[str, deque[threading.Event]]


class Turns:
    """Accounts and addresses take turns, and the visitors of one address take turns within theirs. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._parties: OrderedDict[str, _Queue] = OrderedDict()

    @contextmanager
    def take(self, actor: Actor | None) -> Iterator[None]:
        """Hold the lock for as long as the block lasts; ``actor`` None is the program itself.

        Raises:
            QueueFullError: too many others of this actor, or of this address, wait already.
        """
        turn = self._join(actor)
        if turn is not None:
            turn.wait()
        try:
            yield
        finally:
            self._pass_on()

    def _join(self, actor: Actor | None) -> threading.Event | None:
        name, party = (actor.name, actor.party) if actor else ("", "")
        with self._lock:
            if not self._busy:
                self._busy = True
                return None
            if actor is not None:
                self._require_room(actor)
            turn = threading.Event()
            self._parties.setdefault(party, OrderedDict()).setdefault(name, deque()).append(turn)
            return turn

    def _require_room(self, actor: Actor) -> None:
        own = self._parties.get(actor.party, OrderedDict())
        waiting = len(own.get(actor.name, ()))
        full = waiting >= (_EACH_VISITOR if actor.visitor else _EACH_ACCOUNT)
        if actor.visitor and actor.address is not None:
            full = full or sum(map(len, own.values())) >= min(_VISITORS, _EACH_ADDRESS * actor.address.people)
        if full:
            raise QueueFullError("Many of your pictures, or of your network, wait to be read. Please try again soon.")

    def _pass_on(self) -> None:
        with self._lock:
            if not self._parties:
                self._busy = False
                return
            party, names = self._parties.popitem(last=False)
            name, turns = names.popitem(last=False)
            turns.popleft().set()
            # Who had a turn goes to the end, and so does the party.
            if turns:
                names[name] = turns
            if names:
                self._parties[party] = names
