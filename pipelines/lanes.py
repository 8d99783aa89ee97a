"""Lanes: the workers of one queue, in threads of their own or in the thread that waits for the run (ZeroGPU)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from core.ports import Lane

_log = logging.getLogger(__name__)

# A wake starts a run at once; the pause is for a wake that was lost with another process.
_LONGEST_PAUSE = 5.0
# A client that waits for a run does so within that time; after it nobody does (REST).
_UNATTENDED = 1.0
# A run under way gets that long to end when a lane stops.
_LAST_SECONDS = 20.0


class ThreadLane(Lane):
    """Threads that work while there is something queued."""

    def __init__(self, name: str, workers: int = 1) -> None:
        """Make a lane; ``workers`` runs of it can be under way at once."""
        self.name = name
        self._workers = workers
        self._wake = threading.Event()
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self, work: Callable[[], bool]) -> None:
        """See ``core.ports.Lane.start``."""
        for number in range(self._workers):
            name = f"lane-{self.name}-{number}" if self._workers > 1 else f"lane-{self.name}"
            thread = threading.Thread(target=self._loop, args=(work,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """See ``core.ports.Lane.wake``."""
        self._wake.set()

    def attend(self) -> None:
        """Return at once: this lane has threads of its own."""

    def stop(self) -> None:
        """See ``core.ports.Lane.stop``. Waits at most 20 seconds for the runs under way."""
        self._stopping = True
        self._wake.set()
        deadline = time.monotonic() + _LAST_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _loop(self, work: Callable[[], bool]) -> None:
        while not self._stopping:
            # The queue is read after the event is cleared, so no wake is lost between several workers.
            self._wake.clear()
            try:
                worked = work()
            except Exception:  # noqa: BLE001 - the queue must go on when the log refuses for a moment
                _log.exception("lane %s could not claim a run", self.name)
                worked = False
            if not worked and not self._stopping:
                self._wake.wait(_LONGEST_PAUSE)


class InlineLane(Lane):
    """A lane without a thread: the thread that waits for a run does the work, one at a time."""

    def __init__(self, name: str, workers: int = 1) -> None:  # noqa: ARG002 - one event at a time has the device
        """Make a lane; it has one worker whatever ``workers`` says."""
        self.name = name
        self._work: Callable[[], bool] | None = None
        self._busy = threading.Lock()

    def start(self, work: Callable[[], bool]) -> None:
        """See ``core.ports.Lane.start``."""
        self._work = work

    def wake(self) -> None:
        """Work soon for a run that nobody waits for, as over REST; somebody who waits is there before."""
        threading.Thread(target=self._work_unattended, name=f"lane-{self.name}-unattended", daemon=True).start()

    def attend(self) -> None:
        """Execute the next queued run in the calling thread, unless somebody else is at it."""
        if self._work is not None and self._busy.acquire(blocking=False):
            try:
                self._work()
            finally:
                self._busy.release()

    def stop(self) -> None:
        """Take no further work; wait for the run under way."""
        with self._busy:
            self._work = None

    def _work_unattended(self) -> None:
        time.sleep(_UNATTENDED)
        with self._busy:
            try:
                if self._work is not None:
                    self._work()
            except Exception:  # noqa: BLE001 - nobody waits who could be told
                _log.exception("lane %s could not work", self.name)
