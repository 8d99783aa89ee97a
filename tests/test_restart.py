"""The program killed in the middle of a run: nothing accepted is lost, and the run ends after the restart."""

import os
import subprocess
import sys
import time

import httpx

from benchmarks.program import ROOT, free_port, running
from core.runs import Status


def ask(program, run_id):
    return httpx.get(f"{program.url}/runs/{run_id}", headers=program.owner, timeout=30).json()


def until(program, run_id, fulfilled, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = ask(program, run_id)
        if fulfilled(Status(run["status"])):
            return run
        time.sleep(0.05)
    raise AssertionError(f"{run_id} is still {run['status']}")


def test_a_killed_run_is_tried_once_more(tmp_path):
    body = {"text": "a red apple", "count": 4, "seed": 7}
    with running(tmp_path) as first:
        accepted = [
            httpx.post(f"{first.url}/generate", json=body, headers=first.owner, timeout=60).json()["image_id"]
            for _ in range(2)
        ]
        until(first, accepted[0], lambda status: status is Status.RUNNING, 90)
        first.process.kill()
        first.process.wait()
    with running(tmp_path) as second:
        runs = [until(second, run_id, lambda status: status.final, 120) for run_id in accepted]
    assert [run["status"] for run in runs] == ["done", "done"]
    assert runs[0]["attempt"] == 2
    assert [picture["seed"] for picture in runs[0]["pictures"]] == [7, 8, 9, 10]


def test_a_second_program_on_the_same_data_leaves_with_a_sentence(tmp_path):
    with running(tmp_path, {"SHOW_AND_TELL_PRELOAD": "false"}):
        settings = {"SHOW_AND_TELL_DATA": str(tmp_path), "GRADIO_SERVER_PORT": str(free_port())}
        second = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert second.returncode == 1
    assert "Another Show & Tell works on the data folder" in second.stderr
    assert "Traceback" not in second.stderr
