import threading
import time

from core.board import Board
from core.results import Progress


def test_a_watcher_wakes_for_news_and_for_the_end():
    board = Board()
    seen, _ = board.read("run")
    threading.Timer(0.05, lambda: board.post("run", Progress(stage="base", step=1))).start()
    board.wait("run", seen, 5)
    seen, progress = board.read("run")
    assert progress == Progress(stage="base", step=1)
    threading.Timer(0.05, lambda: board.take_down("run")).start()
    began = time.monotonic()
    board.wait("run", seen, 5)
    assert time.monotonic() - began < 2
    assert board.read("run")[1] is None


def test_a_run_that_begins_and_ends_between_two_looks_is_still_news():
    board = Board()
    seen, _ = board.read("run")
    board.post("run", None)
    board.take_down("run")
    began = time.monotonic()
    board.wait("run", seen, 5)
    assert time.monotonic() - began < 1


def test_ended_runs_do_not_pile_up():
    board = Board()
    for number in range(5_000):
        board.post(str(number), Progress(stage="base"))
        board.take_down(str(number))
    assert len(board._newest) <= 1_001
