"""What strangers cost: memory after thousands of sessions, and how long ``/healthz`` takes while they try.

Everybody comes from this computer and without cookies, so each request is a new visitor to the program.
"""

from __future__ import annotations

import json
import socket
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil

from benchmarks.program import Program, running
from benchmarks.table import show

SESSIONS = 5_000
HEARTBEATS = 600
ENVIRONMENT = {"SHOW_AND_TELL_OWNER": "off", "SHOW_AND_TELL_PRELOAD": "false"}
_JOIN = "/gradio_api/queue/join"


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), ENVIRONMENT) as program:
        memory(program, SESSIONS)
        answers(program)


def memory(program: Program, count: int) -> float:
    """Open ``count`` sessions, print the memory of the program on the way, and return its growth in MB."""
    process = psutil.Process(program.process.pid)
    rows, first = [], 0.0
    with httpx.Client(base_url=program.url, timeout=60) as client:
        function = _number(client, "models")
        for number in range(count + 1):
            client.cookies.clear()
            client.post(_JOIN, json={"fn_index": function, "session_hash": uuid.uuid4().hex, "data": []})
            # The first hundred load what every program loads once.
            if number == min(100, count // 10):
                first = process.memory_info().rss / 1e6
            if number % max(count // 5, 1) == 0:
                rows.append((number, f"{process.memory_info().rss / 1e6:.0f} MB"))
    grown = process.memory_info().rss / 1e6 - first
    show("New sessions", ("sessions", "memory"), [*rows, ("growth after the first hundred", f"{grown:.1f} MB")])
    return grown


def answers(program: Program) -> dict[str, float]:
    """Print, and return in seconds, the slowest of ``/healthz`` while strangers try this and that."""
    with httpx.Client(base_url=program.url, timeout=60) as client:
        function = _number(client, "models")
        tries: dict[str, Callable[[], None]] = {
            "nothing": lambda: time.sleep(1),
            "6 MB of empty lists": lambda: _post(client, function, b"[]", 2_000_000),
            "33 MB of empty lists": lambda: _post(client, function, b"[]", 11_000_000),
            "255 KB of empty lists": lambda: _post(client, function, b"[]", 85_000),
            "9,900 values": lambda: _post(client, function, b"[]", 9_900),
            "2,000 nested lists": lambda: _post(client, function, b"[" * 2_000, 1),
            f"{HEARTBEATS} open heartbeats": lambda: _heartbeats(program),
        }
        slowest, rows = {}, []
        for name, attack in tries.items():
            seconds = watched(program, attack)
            slowest[name] = max(seconds)
            rows.append((name, f"{statistics.median(seconds) * 1000:.0f} ms", f"{max(seconds) * 1000:.0f} ms"))
    show("/healthz meanwhile", ("what strangers do", "median", "slowest"), rows)
    return slowest


def _number(client: httpx.Client, name: str) -> int:
    functions = client.get("/config").json()["dependencies"]
    return int(next(function["id"] for function in functions if function["api_name"] == name))


def _post(client: httpx.Client, function: int, value: bytes, count: int) -> None:
    head = json.dumps({"fn_index": function, "session_hash": uuid.uuid4().hex})[:-1].encode()
    body = head + b', "data": [' + b",".join([value] * count) + b"]}"
    for _ in range(3):
        client.post(_JOIN, content=body, headers={"content-type": "application/json"})


def _heartbeats(program: Program) -> None:
    host, port = program.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for number in range(HEARTBEATS):
            made = stack.enter_context(socket.create_connection((host, int(port)), timeout=20))
            made.sendall(f"GET /gradio_api/heartbeat/{number} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            made.recv(100)


def watched(program: Program, attack: Callable[[], None]) -> list[float]:
    """Return the seconds of each request for /healthz while ``attack`` runs."""
    ended, seconds = threading.Event(), []

    def watch() -> None:
        with httpx.Client(base_url=program.url, timeout=60) as client:
            client.get("/healthz")
            while not ended.is_set():
                began = time.perf_counter()
                client.get("/healthz")
                seconds.append(time.perf_counter() - began)
                time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        attack()
    finally:
        ended.set()
        watcher.join()
    return seconds


if __name__ == "__main__":
    main()
