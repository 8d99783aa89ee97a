"""Connections are bounded before there is a request: silent ones give way, and trickles win no time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks.program import free_port
from server.limits import connections

MOST = 10


async def _hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _hold(_: Request) -> PlainTextResponse:
    await asyncio.sleep(2)
    return PlainTextResponse("held")


@pytest.fixture
def port() -> Iterator[int]:
    routes = [Route("/", _hello, methods=["GET", "POST"]), Route("/hold", _hold)]
    config = uvicorn.Config(Starlette(routes=routes), port=free_port(), log_level="error", timeout_keep_alive=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    connections.bound(config, MOST)
    yield config.port
    server.should_exit = server.force_exit = True
    thread.join(10)


async def _listening_and_busy() -> int:
    """Return how many of 200 callers get through while the loop takes nobody."""
    loop = asyncio.get_running_loop()
    connections.take_few_at_once(loop)
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, backlog=2_048)
    address, through = server.sockets[0].getsockname(), []
    try:
        for _ in range(200):
            with contextlib.suppress(TimeoutError):
                through.append(socket.create_connection(address, timeout=0.2))
        return len(through)
    finally:
        for each in through:
            each.close()
        server.close()


def connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.settimeout(5)
    return made


def asked(port: int, path: str = "/") -> bytes:
    with connected(port) as made:
        made.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return everything(made)


def everything(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1000):
        pieces.append(piece)
    return b"".join(pieces)


def test_silent_connections_give_way(port, caplog):
    silent = [connected(port) for _ in range(40)]
    assert b"hello" in asked(port)
    time.sleep(0.2)
    closed = 0
    for each in silent:
        each.settimeout(0.01)
        try:
            closed += each.recv(1) == b""
        except ConnectionResetError:
            closed += 1
        except TimeoutError:
            pass
        each.close()
    assert closed >= 30
    assert sum("too many connections" in record.message for record in caplog.records) == 1


def test_where_all_work_one_more_is_told_so(port):
    working = [connected(port) for _ in range(MOST)]
    for each in working:
        each.sendall(b"GET /hold HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    time.sleep(0.3)
    refused = asked(port)
    assert refused.startswith(b"HTTP/1.1 503")
    assert b"too_busy" in refused
    assert all(b"held" in everything(each) for each in working)
    for each in working:
        each.close()
    time.sleep(0.2)
    assert b"hello" in asked(port)


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_a_head_has_to_come_in_time(port, head, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with connected(port) as made:
        made.sendall(head)
        began = time.monotonic()
        assert made.recv(100) == b""
        assert time.monotonic() - began < 3


def test_what_follows_an_answer_keeps_no_connection(port):
    with connected(port) as made:
        made.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        assert b"200 OK" in made.recv(1000)
        began = time.monotonic()
        assert _closed(made, began + 5)


def _closed(connection: socket.socket, deadline: float) -> bool:
    try:
        while time.monotonic() < deadline:
            connection.sendall(b"x")
            time.sleep(0.1)
    except OSError:
        return True
    return False


def test_a_crowd_that_comes_at_once_waits_for_its_turn() -> None:
    assert asyncio.run(_listening_and_busy()) == 200
