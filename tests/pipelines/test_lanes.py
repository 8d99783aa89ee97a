from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipelines.lanes import InlineLane, ThreadLane

TIMEOUT = 10.0


@pytest.fixture
def lane() -> Iterator[ThreadLane]:
    lane = ThreadLane("local")
    yield lane
    lane.stop()


class Queue:
    """Work that is written down as it is done, by the thread that did it."""

    def __init__(self, waiting: int) -> None:
        self.waiting = list(range(waiting))
        self.done: list[int] = []
        self.threads: set[str] = set()
        self.empty = threading.Event()

    def work(self) -> bool:
        self.threads.add(threading.current_thread().name)
        if not self.waiting:
            self.empty.set()
            return False
        self.done.append(self.waiting.pop(0))
        return True


def test_a_lane_works_in_order_in_one_thread(lane: ThreadLane) -> None:
    queue = Queue(5)
    lane.start(queue.work)
    assert queue.empty.wait(TIMEOUT)
    assert queue.done == [0, 1, 2, 3, 4]
    assert queue.threads == {"lane-local"}


def test_a_wake_starts_what_came_later(lane: ThreadLane) -> None:
    queue = Queue(1)
    lane.start(queue.work)
    assert queue.empty.wait(TIMEOUT)
    queue.empty.clear()
    queue.waiting.append(7)
    lane.wake()
    assert queue.empty.wait(2.0), "a wake must not wait for the healing pause"
    assert queue.done == [0, 7]


def test_a_lane_survives_work_that_breaks(lane: ThreadLane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.lanes._LONGEST_PAUSE", 0.01)
    queue = Queue(2)
    broken = [OSError("disk"), ValueError("row")]

    def work() -> bool:
        if broken:
            raise broken.pop()
        return queue.work()

    lane.start(work)
    assert queue.empty.wait(TIMEOUT)
    assert queue.done == [0, 1]


def test_a_lost_wake_heals(lane: ThreadLane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.lanes._LONGEST_PAUSE", 0.01)
    queue = Queue(0)
    lane.start(queue.work)
    assert queue.empty.wait(TIMEOUT)
    queue.waiting.append(1)
    queue.empty.clear()
    assert queue.empty.wait(TIMEOUT)


def test_stopping_finishes_the_run_in_hand_and_starts_no_other() -> None:
    lane, begun, go_on, done = ThreadLane("local"), threading.Event(), threading.Event(), []

    def work() -> bool:
        begun.set()
        assert go_on.wait(TIMEOUT)
        done.append(1)
        return True

    lane.start(work)
    assert begun.wait(TIMEOUT)
    stopping = threading.Thread(target=lane.stop)
    stopping.start()
    stopping.join(0.05)
    assert stopping.is_alive(), "stop returned while a run was in hand"
    go_on.set()
    stopping.join(TIMEOUT)
    assert done == [1]


def test_a_lane_that_never_started_stops() -> None:
    ThreadLane("local").stop()
    InlineLane("local").stop()


def test_attending_a_thread_lane_does_no_work(lane: ThreadLane) -> None:
    queue = Queue(1)
    lane.start(queue.work)
    assert queue.empty.wait(TIMEOUT)
    queue.waiting.append(2)
    lane.attend()
    assert threading.current_thread().name not in queue.threads


def test_whoever_waits_works_for_an_inline_lane() -> None:
    lane, queue = InlineLane("local"), Queue(3)
    lane.start(queue.work)
    assert queue.done == []
    lane.attend()
    lane.attend()
    assert queue.done == [0, 1]
    assert queue.threads == {threading.current_thread().name}


def test_only_one_works_for_an_inline_lane_at_a_time() -> None:
    lane, begun, go_on, calls = InlineLane("local"), threading.Event(), threading.Event(), []

    def work() -> bool:
        calls.append(threading.current_thread().name)
        begun.set()
        assert go_on.wait(TIMEOUT)
        return True

    lane.start(work)
    first = threading.Thread(target=lane.attend, name="first")
    first.start()
    assert begun.wait(TIMEOUT)
    lane.attend()  # returns at once
    go_on.set()
    first.join(TIMEOUT)
    assert calls == ["first"]


def test_an_inline_lane_is_free_again_after_work_that_breaks() -> None:
    lane, queue, broken = InlineLane("local"), Queue(1), [OSError("disk")]

    def work() -> bool:
        if broken:
            raise broken.pop()
        return queue.work()

    lane.start(work)
    with pytest.raises(OSError, match="disk"):
        lane.attend()
    lane.attend()
    assert queue.done == [0]


def test_a_stopped_inline_lane_does_nothing() -> None:
    lane, queue = InlineLane("local"), Queue(1)
    lane.start(queue.work)
    lane.stop()
    lane.attend()
    assert queue.done == []


def test_a_wide_lane_has_several_runs_in_hand_and_a_slow_one_holds_nobody() -> None:
    lane, together, go_on = ThreadLane("remote", workers=3), threading.Barrier(3), threading.Event()
    waiting, lock, done = [1, 2, 3], threading.Lock(), []

    def work() -> bool:
        with lock:
            if not waiting:
                return False
            mine = waiting.pop(0)
        if mine <= 2:
            together.wait(TIMEOUT)
            assert go_on.wait(TIMEOUT)
        done.append(mine)
        return True

    lane.start(work)
    together.wait(TIMEOUT)  # two slow ones and this test
    for number in range(10, 15):
        with lock:
            waiting.append(number)
        lane.wake()
    for _ in range(200):
        if len(done) == 6:
            break
        threading.Event().wait(0.02)
    assert sorted(done) == [3, 10, 11, 12, 13, 14], "the third worker does what the slow runs leave"
    go_on.set()
    lane.stop()
    assert sorted(done) == [1, 2, 3, 10, 11, 12, 13, 14]


def test_an_inline_lane_works_for_a_run_that_nobody_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.lanes._UNATTENDED", 0.01)
    lane, queue = InlineLane("local"), Queue(1)
    lane.start(queue.work)
    lane.wake()
    for _ in range(200):
        if queue.done:
            break
        threading.Event().wait(0.02)
    assert queue.done == [0]
    assert threading.current_thread().name not in queue.threads
