"""Connections: bounded in number, and closed when nothing comes. What happens before there is a request."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.limits.flood_log import FloodLog
from server.limits.streams import connections
from server.refusals import refusal

_log = logging.getLogger(__name__)
# Seconds for the head of a request, the first one or the next.
HEAD_SECONDS = 15.0
# So many more are told that there are too many; beyond them nobody is told anything.
_TOLD = 64
# Connections taken in one turn of the event loop, before any of them can be turned away.
_AT_ONCE = 64
# Connections that wait for their turn: as many as asyncio would let uvicorn have.
_QUEUED = 2_048


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 of uvicorn, which by itself waits for ever for a request, and takes connections until files run out."""

    def __init__(self, *, room: Room, **named: Any) -> None:
        """Take part in a ``room``; the rest is as uvicorn gives it."""
        super().__init__(**named)
        self._room = room
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Tell whether no request of this connection is in work."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection. Where there are too many, the one idle for longest is closed, or this one."""
        super().connection_made(transport)
        if len(self.connections) > self._room.most and not self._room.give_way(len(self.connections)):
            self.app = _busy
            if len(self.connections) > self._room.most + _TOLD:
                transport.abort()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes. What still comes of an answered request is thrown away, and wins its sender no time."""
        if self.cycle is not None and self.idle and self.conn.their_state is h11.SEND_BODY:
            self.conn.receive_data(data)
            self.handle_events()
            return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._room.waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._room.waiting.pop(self, None)
        self._room.waiting[self] = None
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.idle and not self.transport.is_closing():
            self.transport.close()


@dataclass(slots=True)
class Room:
    """What the connections of one server share: how many there may be, and those that wait, the longest first."""

    most: int
    waiting: dict[BoundedProtocol, None] = field(default_factory=dict)
    flood: FloodLog = field(default_factory=lambda: FloodLog(_log))

    def give_way(self, now: int) -> bool:
        """Close the connection that is idle for longest; tell whether there was one. ``now`` is how many there are."""
        self.flood.warn("too many connections (%d of %d); idle ones are closed", now, self.most)
        while self.waiting:
            oldest = next(iter(self.waiting))
            del self.waiting[oldest]
            if oldest.idle and not oldest.transport.is_closing():
                oldest.transport.abort()
                return True
        return False


async def _busy(scope: Scope, receive: Receive, send: Send) -> None:
    sentence = "There are too many connections; please try again in a moment."
    await refusal(503, "too_busy", sentence, headers={"Retry-After": "5", "Connection": "close"})(scope, receive, send)


def bound(config: Any, most: int = 0) -> None:
    """Make a running server of uvicorn use this for every connection from now on.

    Args:
        config: ``uvicorn.Config``; Gradio makes it and takes no settings for it.
        most: connections; without it, what the files of this process allow.
    """
    config.http_protocol_class = partial(BoundedProtocol, room=Room(most or connections()))


def take_few_at_once(loop: asyncio.AbstractEventLoop) -> None:
    """Let servers that begin to listen on this loop take few connections in a turn.

    Else asyncio takes 2,048 before it calls any of them, by when the files of the process may have run out.
    """
    listen = loop.create_server

    async def create_server(*arguments: Any, **named: Any) -> asyncio.Server:
        server = await listen(*arguments, **{**named, "backlog": _AT_ONCE})
        for listening in server.sockets:
            # The same number bounds the queue of the system, which drops and resets connections where it is full.
            with listening.dup() as queue:
                queue.listen(_QUEUED)
        return server

    loop.create_server = create_server  # type: ignore[method-assign]
