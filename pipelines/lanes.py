"""Lanes: one worker with its queue. A thread of its own, or the thread of whoever waits (ZeroGPU)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

# Nothing but a wake starts a run; the pause only heals a wake that was lost with another process.
_HEALING_PAUSE = 5.0


class ThreadLane:
    """A thread that works while there is something queued. See ``core.ports.Lane``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self, work: Callable[[], bool]) -> None:
        """See ``core.ports.Lane.start``."""
        self._thread = threading.Thread(target=self._loop, args=(work,), name=f"lane-{self.name}", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """See ``core.ports.Lane.wake``."""
        self._wake.set()

    def attend(self) -> None:
        """Return at once: this lane has its own thread."""

    def stop(self) -> None:
        """See ``core.ports.Lane.stop``. Waits at most 20 seconds for the run in hand."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=20)

    def _loop(self, work: Callable[[], bool]) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                worked = work()
            except Exception:  # noqa: BLE001 - the queue must go on when the log refuses for a moment
                _log.exception("lane %s could not claim a run", self.name)
                worked = False
            if not worked:
                self._wake.wait(_HEALING_PAUSE)


class InlineLane:
    """A lane without a thread: whoever waits for a run does the work, one at a time. See ``core.ports.Lane``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._work: Callable[[], bool] | None = None
        self._busy = threading.Lock()

    def start(self, work: Callable[[], bool]) -> None:
        """See ``core.ports.Lane.start``."""
        self._work = work

    def wake(self) -> None:
        """Do nothing: somebody who waits will come."""

    def attend(self) -> None:
        """Execute the next queued run in the calling thread, unless somebody else is at it."""
        if self._work is not None and self._busy.acquire(blocking=False):
            try:
                self._work()
            finally:
                self._busy.release()

    def stop(self) -> None:
        """Take no further work; wait for the run in hand."""
        with self._busy:
            self._work = None
