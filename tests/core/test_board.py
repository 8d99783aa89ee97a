import threading
import time

from core.board import ProgressChannel
from core.results import Progress


def test_a_watcher_wakes_for_news_and_for_the_end():
    channel = ProgressChannel()
    seen, _ = channel.latest("run")
    threading.Timer(0.05, lambda: channel.publish("run", Progress(stage="base", step=1))).start()
    channel.wait("run", seen, 5)
    seen, progress = channel.latest("run")
    assert progress == Progress(stage="base", step=1)
    threading.Timer(0.05, lambda: channel.end("run")).start()
    began = time.monotonic()
    channel.wait("run", seen, 5)
    assert time.monotonic() - began < 2
    assert channel.latest("run")[1] is None


def test_a_run_that_begins_and_ends_between_two_looks_is_still_news():
    channel = ProgressChannel()
    seen, _ = channel.latest("run")
    channel.publish("run", None)
    channel.end("run")
    began = time.monotonic()
    channel.wait("run", seen, 5)
    assert time.monotonic() - began < 1


def test_ended_runs_do_not_pile_up():
    channel = ProgressChannel()
    for number in range(5_000):
        channel.publish(str(number), Progress(stage="base"))
        channel.end(str(number))
    assert len(channel._newest) <= 1_001
