"""The response to the caller: its headers, the visitor's cookie, and the files it makes available."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Send

from server.accounts.cookies import FRAMED_KEY, VISITOR_LIFE, cookie
from server.accounts.identity import VISITOR_COOKIE, Identity
from server.gate import response_headers

_log = logging.getLogger(__name__)

# Takes a piece of the answer, and whether it is the last one.
Learn = Callable[[bytes, bool], Awaitable[None]]


class Answer:
    """Sends one answer."""

    def __init__(self, send: Send, connection: HTTPConnection) -> None:
        self._send = send
        self._connection = connection
        self.started = False
        self._stream = False
        self._learn: Learn | None = None
        self.identity: Identity | None = None
        self.watch: Callable[[str], Learn] | None = None

    async def send(self, message: Message) -> None:
        """Send a message of the application."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            self._stream = headers.get("content-type", "").startswith("text/event-stream")
            response_headers.secure(headers, framed=bool(self._connection.scope.get(FRAMED_KEY)))
            if self.identity and self.identity.new_visitor:
                value = cookie(self._connection, VISITOR_COOKIE, self.identity.new_visitor, VISITOR_LIFE)
                headers.append("Set-Cookie", value)
            if self.watch:
                if message["status"] < 400:
                    self._learn = self.watch(headers.get("content-type", ""))
                response_headers.private(headers)
        elif message["type"] == "http.response.body" and self._learn:
            # Learn first: the caller may ask for a file the moment it reads the name.
            await self._learn(message.get("body", b""), not message.get("more_body", False))
        await self._send(message)

    async def broken_off(self) -> bool:
        """End a stream of events that has begun; tell whether it was one.

        Gradio ends streams of sessions it does not know (any more) with an exception, after it has said so in them.
        """
        if self.started and self._stream:
            _log.info("the stream of %r ended early", self._connection.url.path)
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return self.started and self._stream

    async def refuse(self, response: Response) -> None:
        """Answer instead of the application."""
        if self.started:
            _log.warning("a request to %r was broken off", self._connection.url.path)
            return
        self.watch = None

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await response(self._connection.scope, nothing, self.send)
