from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.database import Database
from store.run_log import RunLog
from store.space import Space
from tests.store.examples import accepted, done

# What happens to a queue: a person joins it (a letter), or the lane starts the next run (None).
EVENTS = st.lists(st.one_of(st.sampled_from("abcd"), st.none()), max_size=40)


def opened(factory: pytest.TempPathFactory) -> tuple[Database, RunLog]:
    folder = factory.mktemp("queue")
    database = Database(folder, space=Space(folder, floor=0, ballast=0))
    return database, RunLog(database)


def assert_fair(starts: list[str], waiting_since: dict[str, int]) -> None:
    """While somebody waits from start number ``waiting_since`` on, nobody else gets two starts."""
    for person, since in waiting_since.items():
        others = Counter(each for each in starts[since:] if each != person)
        own = starts[since:].count(person)
        assert all(count <= own + 1 for count in others.values()), (person, starts[since:])


@settings(max_examples=60, deadline=None)
@given(events=EVENTS)
def test_people_take_turns_and_each_keeps_an_order(
    events: list[str | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    database, log = opened(tmp_path_factory)
    queues: dict[str, list[str]] = {}
    waiting_since: dict[str, int] = {}
    starts: list[str] = []
    for event in events:
        if event is not None:
            queues.setdefault(event, [])
            if not queues[event]:
                waiting_since[event] = len(starts)
            queues[event].append(accepted(log, event))
            continue
        run = log.claim("local")
        if run is None:
            assert not any(queues.values())
            continue
        assert run.id == queues[run.actor].pop(0)
        starts.append(run.actor)
        assert_fair(starts, waiting_since)
        if not queues[run.actor]:
            del waiting_since[run.actor]
    database.close()


@settings(max_examples=40, deadline=None)
@given(started=st.lists(st.sampled_from("abcd"), max_size=6), waiting=st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_position_shown_is_the_order_of_starts(
    started: list[str], waiting: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    database, log = opened(tmp_path_factory)
    for person in started:
        accepted(log, person)
        log.claim("local")
    runs = [accepted(log, person) for person in waiting]
    accepted(log, "a", lane="other")
    shown = {log.position(run_id): run_id for run_id in runs}
    order = [run.id for run in iter(lambda: log.claim("local"), None)]
    assert [shown[place] for place in range(len(runs))] == order
    database.close()


def test_lanes_do_not_mix(log: RunLog) -> None:
    here, there = accepted(log, lane="local"), accepted(log, lane="replicate")
    claimed = [log.claim(lane) for lane in ("replicate", "local", "replicate", "local")]
    assert [run and run.id for run in claimed] == [there, here, None, None]


def test_hundred_runs_of_one_do_not_delay_another(log: RunLog) -> None:
    for _ in range(100):
        accepted(log, "busy")
    log.claim("local")
    late = accepted(log, "late")
    assert log.position(late) == 0
    run = log.claim("local")
    assert run is not None
    assert run.id == late


def test_four_workers_start_each_run_once(log: RunLog) -> None:
    runs = [accepted(log, f"person-{number % 5}") for number in range(60)]
    started: list[str] = []

    def work() -> None:
        while run := log.claim("local"):
            started.append(run.id)
            log.finish(run.id, done())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(started) == Counter(runs)
