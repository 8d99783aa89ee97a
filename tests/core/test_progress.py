import threading
import time

from core.progress import ProgressFeed
from core.results import Progress


def test_a_watcher_wakes_for_news_and_for_the_end():
    feed = ProgressFeed()
    seen, _ = feed.latest("run")
    threading.Timer(0.05, lambda: feed.publish("run", Progress(stage="base", step=1))).start()
    feed.wait("run", seen, 5)
    seen, progress = feed.latest("run")
    assert progress == Progress(stage="base", step=1)
    threading.Timer(0.05, lambda: feed.end("run")).start()
    began = time.monotonic()
    feed.wait("run", seen, 5)
    assert time.monotonic() - began < 2
    assert feed.latest("run")[1] is None


def test_a_run_that_begins_and_ends_between_two_looks_is_still_news():
    feed = ProgressFeed()
    seen, _ = feed.latest("run")
    feed.publish("run", None)
    feed.end("run")
    began = time.monotonic()
    feed.wait("run", seen, 5)
    assert time.monotonic() - began < 1


def test_ended_runs_do_not_pile_up():
    feed = ProgressFeed()
    for number in range(5_000):
        feed.publish(str(number), Progress(stage="base"))
        feed.end(str(number))
    assert len(feed._newest) <= 1_001
