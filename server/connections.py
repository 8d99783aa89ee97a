"""Connections: bounded in number, and closed when nothing comes. What happens before there is a request."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.refusals import refusal
from server.streams import connections

_log = logging.getLogger(__name__)
# Seconds for the head of a request, the first one or the next.
HEAD_SECONDS = 15.0
# So many more are told that there are too many; beyond them nobody is told anything.
_TOLD = 64


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 of uvicorn, which by itself waits for ever for a request, and takes connections until files run out."""

    most = connections()
    told = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it in words where there are too many."""
        super().connection_made(transport)
        self._patience: asyncio.TimerHandle | None = None
        if len(self.connections) > self.most:
            self._refuse()
        if len(self.connections) < self.most // 2:
            BoundedProtocol.told = False
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes. What still comes of an answered request is thrown away, and wins its sender no time."""
        answered = self.cycle is not None and self.cycle.response_complete
        if answered and self.conn.their_state is h11.SEND_BODY:
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
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        working = self.cycle is not None and not self.cycle.response_complete
        if not working and not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        if not BoundedProtocol.told:
            BoundedProtocol.told = True
            _log.warning("too many connections (%d); more are refused", self.most)
        if len(self.connections) > self.most + _TOLD:
            self.transport.abort()
        self.app = _busy


async def _busy(scope: Scope, receive: Receive, send: Send) -> None:
    sentence = "There are too many connections; please try again in a moment."
    await refusal(503, "too_busy", sentence, headers={"Retry-After": "5", "Connection": "close"})(scope, receive, send)


def bound(config: Any) -> None:
    """Make a running server of uvicorn use this for every connection from now on.

    Args:
        config: ``uvicorn.Config``; Gradio makes it and takes no settings for it.
    """
    config.http_protocol_class = BoundedProtocol
