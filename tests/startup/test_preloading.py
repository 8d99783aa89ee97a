from __future__ import annotations

import threading
import time

import pytest

from core.errors import StorageBusyError
from pipelines.catalogue.catalogue import Catalogue
from safety.guard import RuleGuard
from startup import preloading
from startup.preloading import Preloading


def started(busy) -> Preloading:
    made = Preloading(Catalogue((), {}), RuleGuard(), wanted=True, busy=busy)
    assert made.pending()
    made.start()
    return made


def until_ready(made: Preloading, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while made.pending() and time.monotonic() < until:
        time.sleep(0.01)
    return not made.pending()


def test_what_nobody_waits_for_is_loaded_when_no_run_is_under_way() -> None:
    idle, asked = threading.Event(), threading.Event()

    def busy() -> bool:
        asked.set()
        return not idle.is_set()

    made = started(busy)
    assert asked.wait(20)
    assert made.pending()
    idle.set()
    assert until_ready(made)


def test_where_somebody_always_waits_it_is_loaded_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preloading, "_LONGEST", 0.3)
    assert until_ready(started(lambda: True))


def test_a_log_that_cannot_be_read_stops_nothing() -> None:
    def broken() -> bool:
        raise StorageBusyError("held by another program")

    assert until_ready(started(broken))


def test_what_is_not_wanted_is_not_pending() -> None:
    made = Preloading(Catalogue((), {}), RuleGuard(), wanted=False)
    made.start()
    assert not made.pending()
