"""One picture is read at a time, and people take turns."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest

from core.actions import Actor
from core.address import Address
from core.errors import InvalidRequestError, QueueFullError
from safety.pictures.turns import Turns
from safety.pictures.uploads import PictureReader
from tests.safety.files import corners, encoded


def person(name: str, address: str = "here") -> Actor:
    return Actor(name=name, role="anonymous", actions=frozenset(), address=Address(key=address))


class Crowd:
    """People who want the lock while somebody holds it; ``order`` is who got it, in turn."""

    def __init__(self) -> None:
        self.turns, self.order, self.refused = Turns(), list[str](), list[str]()
        self._threads: list[threading.Thread] = []

    def join(self, actor: Actor) -> None:
        before = self._waiting()

        def work() -> None:
            try:
                with self.turns.take(actor):
                    self.order.append(actor.name)
            except QueueFullError:
                self.refused.append(actor.name)

        self._threads.append(threading.Thread(target=work))
        self._threads[-1].start()
        deadline = time.monotonic() + 10
        while self._waiting() == before and time.monotonic() < deadline:
            time.sleep(0.001)

    def end(self) -> None:
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()

    def _waiting(self) -> int:
        lines = [queue for names in self.turns._parties.values() for queue in names.values()]
        return sum(map(len, lines)) + len(self.refused)


@pytest.mark.parametrize(
    ("many", "late", "before"),
    [
        ([person("guest-1")] * 6, person("guest-2"), 1),
        ([person("guest-1")] * 6, person("guest-2", "elsewhere"), 1),
        ([person(f"guest-{n}") for n in range(16)], person("guest-new", "elsewhere"), 1),
        ([person(f"guest-{n}") for n in range(16)], person("ann"), 1),
        ([person("ann")] * 20, person("guest-1"), 1),
        ([person(f"guest-{n}", f"address {n % 3}") for n in range(15)], person("ann"), 3),
    ],
)
def test_whoever_comes_late_waits_for_one_turn_of_each_other(many: list[Actor], late: Actor, before: int) -> None:
    crowd = Crowd()
    with crowd.turns.take(None):
        for actor in many:
            crowd.join(actor)
        crowd.join(late)
    crowd.end()
    assert crowd.order.index(late.name) <= before
    assert len(crowd.order) == len(many) + 1
    assert not crowd.turns._busy
    assert not crowd.turns._parties


@pytest.mark.parametrize(
    ("many", "most"),
    [
        ([person("guest-1")] * 60, 6),
        ([person(f"guest-{n}") for n in range(60)], 16),
        ([person("ann")] * 60, 20),
    ],
)
def test_each_has_so_many_waiting_and_no_more(many: list[Actor], most: int) -> None:
    crowd = Crowd()
    with crowd.turns.take(None):
        for actor in many:
            crowd.join(actor)
    crowd.end()
    assert (len(crowd.order), len(crowd.refused)) == (most, len(many) - most)


def test_a_picture_that_breaks_passes_the_turn_on() -> None:
    door = PictureReader()
    for data in (b"no picture", encoded(corners())[:90]):
        with pytest.raises(InvalidRequestError):
            door.read(data, actor=person("guest-1"))
    assert door.read(encoded(corners()), actor=person("guest-2")).width == 64


def test_many_at_once_never_hold_it_together() -> None:
    turns, inside, most = Turns(), 0, 0

    def work(number: int) -> None:
        nonlocal inside, most
        for _ in range(20):
            with suppress(QueueFullError), turns.take(person(f"guest-{number}", f"address {number % 4}")):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1
    assert not turns._busy
