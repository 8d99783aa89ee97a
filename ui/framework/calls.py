"""Calls of programs that wait for a run: ``job.cancel()`` of gradio_client stops the run behind them."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gradio.context import LocalContext

# A call may be called off a moment before its run is known here.
_REMEMBERED = 1_000


class Calls:
    """Knows which call waits for which run. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: dict[str, Callable[[], object]] = {}
        self._called_off: OrderedDict[str, None] = OrderedDict()
        self._queue: Any = None

    @contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """Let ``stop`` be called, at most once, if the current call is cancelled within the block."""
        event = LocalContext.event_id.get(None)
        if event is None:
            # A tool of MCP, or a test: nothing names this call.
            yield
            return
        self._listen(LocalContext.blocks.get(None))
        with self._lock:
            too_late = event in self._called_off
            self._stops[event] = stop
        try:
            if too_late:
                self._call_off(event)
            yield
        finally:
            with self._lock:
                self._stops.pop(event, None)

    def _listen(self, blocks: Any) -> None:
        """Learn of every call that is cancelled.

        Gradio tells a function nothing of it: the client's request takes the call out of the queue, and whatever runs
        already goes on to its end (release 6.31).
        """
        queue = getattr(blocks, "_queue", None)
        with self._lock:
            if queue is None or queue is self._queue:
                return
            self._queue = queue
            remove = queue.remove_from_queue

            async def removed(event_id: str) -> None:
                await remove(event_id)
                await asyncio.to_thread(self._call_off, event_id)

            queue.remove_from_queue = removed

    def _call_off(self, event: str) -> None:
        with self._lock:
            self._called_off[event] = None
            while len(self._called_off) > _REMEMBERED:
                self._called_off.popitem(last=False)
            stop = self._stops.pop(event, None)
        if stop is not None:
            stop()
