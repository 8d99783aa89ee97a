"""The program killed in the middle of a run: nothing accepted is lost, and the run ends after the restart."""

import time

import httpx

from benchmarks.program import running
from core.runs import Status


def ask(url, run_id):
    return httpx.get(f"{url}/runs/{run_id}", timeout=30).json()


def until(url, run_id, fulfilled, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = ask(url, run_id)
        if fulfilled(Status(run["status"])):
            return run
        time.sleep(0.05)
    raise AssertionError(f"{run_id} is still {run['status']}")


def test_a_killed_run_is_tried_once_more(tmp_path):
    body = {"text": "a red apple", "count": 4, "seed": 7}
    with running(tmp_path) as first:
        accepted = [httpx.post(f"{first.url}/generate", json=body, timeout=60).json()["image_id"] for _ in range(2)]
        until(first.url, accepted[0], lambda status: status is Status.RUNNING, 90)
        first.process.kill()
        first.process.wait()
    with running(tmp_path) as second:
        runs = [until(second.url, run_id, lambda status: status.final, 120) for run_id in accepted]
    assert [run["status"] for run in runs] == ["done", "done"]
    assert runs[0]["attempt"] == 2
    assert [picture["seed"] for picture in runs[0]["pictures"]] == [7, 8, 9, 10]
