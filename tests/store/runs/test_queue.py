from __future__ import annotations

import threading
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from core.run_ids import new_run_id
from store.runs.run_log import RunLog
from tests.store.examples import accepted, done

# Rounds of a queue: some people join it, then the lane starts some runs.
ROUNDS = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), max_size=5), st.integers(min_value=0, max_value=4)), max_size=8
)


def assert_fair(starts: list[str], waiting_since: dict[str, int]) -> None:
    """While somebody waits from start number ``waiting_since`` on, nobody else gets two starts."""
    for person, since in waiting_since.items():
        others = Counter(each for each in starts[since:] if each != person)
        own = starts[since:].count(person)
        assert all(count <= own + 1 for count in others.values()), (person, starts[since:])


def test_people_take_turns_and_each_keeps_an_order(log: RunLog) -> None:
    @settings(max_examples=100, deadline=None)
    @given(rounds=ROUNDS)
    def take_turns(rounds: list[tuple[list[str], int]]) -> None:
        lane = new_run_id()
        queues: dict[str, list[str]] = {}
        waiting_since: dict[str, int] = {}
        starts: list[str] = []
        for joining, claims in rounds:
            for person in joining:
                waiting_since.setdefault(person, len(starts))
                queues.setdefault(person, []).append(accepted(log, person, lane=lane))
            for _ in range(claims):
                run = log.claim(lane)
                if run is None:
                    assert not any(queues.values())
                    break
                assert run.id == queues[run.actor].pop(0)
                starts.append(run.actor)
                assert_fair(starts, waiting_since)
                if not queues[run.actor]:
                    del waiting_since[run.actor]

    take_turns()


def test_the_position_shown_is_the_order_of_starts(log: RunLog) -> None:
    @settings(max_examples=100, deadline=None)
    @given(
        started=st.lists(st.sampled_from("abcd"), max_size=6), waiting=st.lists(st.sampled_from("abcd"), max_size=12)
    )
    def compare(started: list[str], waiting: list[str]) -> None:
        lane = new_run_id()
        for person in started:
            accepted(log, person, lane=lane)
            log.claim(lane)
        runs = [accepted(log, person, lane=lane) for person in waiting]
        shown = {log.position(run_id): run_id for run_id in runs}
        order = [run.id for run in iter(lambda: log.claim(lane), None)]
        assert [shown[place] for place in range(len(runs))] == order

    compare()


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
