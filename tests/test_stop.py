"""The real program, stopped on purpose: it ends with 0 in time, and its runs wait for the next start."""

import signal
import sqlite3
import threading
import time
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from benchmarks.program import running
from core.runs import Status
from store.database import NAME

LONG = {"text": "a red apple", "count": 8, "steps": 150}


def submit(program, **changes):
    reply = httpx.post(f"{program.url}/generate", json={**LONG, **changes}, headers=program.owner, timeout=60)
    return reply.json()["image_id"]


def rows(folder: Path):
    with sqlite3.connect(folder / NAME) as connection:
        return connection.execute("SELECT status, attempt FROM runs ORDER BY number").fetchall()


def record(program, run_id):
    return httpx.get(f"{program.url}/runs/{run_id}", headers=program.owner, timeout=30).json()


def until_working(program, run_id, fulfilled=lambda run: run["status"] == Status.RUNNING, seconds=90):
    deadline = time.monotonic() + seconds
    while not fulfilled(run := record(program, run_id)):
        assert time.monotonic() < deadline, run
        time.sleep(0.05)


def until_a_run_works(folder, seconds=90):
    deadline = time.monotonic() + seconds
    while not any(status == "running" for status, _ in rows(folder)):
        assert time.monotonic() < deadline, rows(folder)
        time.sleep(0.1)


def until_noted(folder, seconds=10):
    """Wait until the program has heard that it should stop."""
    deadline = time.monotonic() + seconds
    while not (folder / "stopped").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def stop(process, number, *, within=10):
    begun = time.monotonic()
    process.send_signal(number)
    code = process.wait(timeout=30)
    assert time.monotonic() - begun < within
    return code


@pytest.mark.slow
def test_wanted_stops_while_models_load_and_while_they_work_cost_nothing(tmp_path):
    for number, loaded in ((signal.SIGTERM, False), (signal.SIGINT, True)):
        with running(tmp_path) as program:
            run_id = submit(program) if not rows(tmp_path) else run_id  # noqa: F821 - set at the first turn
            until_working(program, run_id)
            while loaded and httpx.get(f"{program.url}/readyz", timeout=30).status_code != 200:
                time.sleep(0.1)
            assert stop(program.process, number) == 0
        assert rows(tmp_path) == [("queued", 0)]


@pytest.mark.slow
def test_whoever_waits_is_told_and_a_second_signal_ends_at_once(tmp_path):
    told = []
    with running(tmp_path) as program:

        def wait():
            try:
                Client(program.url, headers=program.owner, token=False, verbose=False).predict(
                    prompt="a red apple", count=8, steps=150, api_name="/generate"
                )
            except Exception as error:  # noqa: BLE001 - whatever the client makes of it
                told.append(str(error))

        waiting = threading.Thread(target=wait)
        waiting.start()
        until_a_run_works(tmp_path)
        assert stop(program.process, signal.SIGINT) == 0
        waiting.join(10)
    assert "goes on when the program is started again" in told[0]
    with running(tmp_path) as program:
        until_a_run_works(tmp_path)
        with sqlite3.connect(tmp_path / NAME, isolation_level=None) as other:
            # The stop has to wait for the database, the second signal has not.
            other.execute("BEGIN IMMEDIATE")
            program.process.send_signal(signal.SIGINT)
            until_noted(tmp_path)
            code = stop(program.process, signal.SIGINT, within=1)
            other.execute("ROLLBACK")
    assert code in {0, 130}
    with running(tmp_path, {"SHOW_AND_TELL_PRELOAD": "false"}):
        assert rows(tmp_path)[0][1] <= 1, "a stop that was cut short is no crash"


@pytest.mark.slow
def test_a_held_database_costs_neither_results_nor_the_program(tmp_path):
    with running(tmp_path) as program:
        run_id = submit(program, count=1, steps=60)
        other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
        until_working(program, run_id)
        other.execute("BEGIN IMMEDIATE")
        refused = httpx.post(f"{program.url}/generate", json=LONG, headers=program.owner, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_busy")
        assert refused.headers["retry-after"] == "5"
        until_working(program, run_id, lambda run: run["message"])
        run = record(program, run_id)
        assert (run["status"], run["code"]) == ("saving", "storage_busy")
        begun = time.monotonic()
        assert httpx.get(f"{program.url}/healthz", timeout=30).status_code == 200
        assert time.monotonic() - begun < 1
        other.execute("ROLLBACK")
        until_working(program, run_id, lambda run: run["status"] == "done", seconds=20)
        assert (tmp_path / "ballast").exists()
