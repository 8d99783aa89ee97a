"""Compresses answers that are text and come whole: the page, JSON, style sheets.

Streams of events, parts of files, pictures and downloads pass as they are, at the moment they come.
"""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.delivery import encodings

# Above this, compressing takes longer than handing it to a thread.
_LARGE = 32 * 2**10
# What an answer with one of these says of its bytes would not be true of others.
_BOUND = ("content-encoding", "content-range", "accept-ranges", "etag", "content-disposition")


class Compression:
    """ASGI middleware around the gate, which has to read answers as they are written."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._threads = anyio.CapacityLimiter(2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        encoding = encodings.preferred(Headers(scope=scope).get("accept-encoding", ""))
        await self._app(scope, receive, _Whole(send, encoding, self._threads).send)


class _Whole:
    """One answer. Its head waits for the first piece of the body, which tells whether there are more."""

    def __init__(self, send: Send, encoding: str | None, threads: anyio.CapacityLimiter) -> None:
        self._send = send
        self._encoding = encoding
        self._threads = threads
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_compressed(message):
            MutableHeaders(scope=message).add_vary_header("Accept-Encoding")
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            message = await self._packed(head, message)
            await self._send(head)
        await self._send(message)

    async def _packed(self, head: Message, message: Message) -> Message:
        body = message.get("body", b"")
        if self._encoding is None or message.get("more_body", False) or len(body) < encodings.SMALLEST:
            return message
        if len(body) < _LARGE:
            body = encodings.compress(body, self._encoding)
        else:
            body = await anyio.to_thread.run_sync(encodings.compress, body, self._encoding, limiter=self._threads)
        headers = MutableHeaders(scope=head)
        headers["Content-Encoding"] = self._encoding
        headers["Content-Length"] = str(len(body))
        return {**message, "body": body}


def _may_be_compressed(head: Message) -> bool:
    headers = Headers(raw=head["headers"])
    if any(name in headers for name in _BOUND) or "no-transform" in headers.get("cache-control", ""):
        return False
    return encodings.is_text(headers.get("content-type", ""))
