"""The newest progress of each run: lanes publish it, and any number of watchers wait for it."""

from __future__ import annotations

import threading

from core.results import Progress

# Runs that have ended are remembered a while, so that a watcher who is between two waits still learns of the end.
_REMEMBERED = 1_000


class ProgressFeed:
    """Keeps one progress per run; subscribers sleep until there is a newer one. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: dict[str, tuple[int, Progress | None]] = {}
        self._closed = False

    def publish(self, run_id: str, progress: Progress | None) -> None:
        """Replace the progress of a run and wake its subscribers; None says only that the run changed its state."""
        with self._changed:
            version, before = self._newest.get(run_id, (0, None))
            self._newest[run_id] = (version + 1, progress or before)
            self._changed.notify_all()

    def end(self, run_id: str) -> None:
        """Drop the progress of a run that is final, and wake its subscribers one last time."""
        with self._changed:
            version, _ = self._newest.pop(run_id, (0, None))
            self._newest[run_id] = (version + 1, None)
            if len(self._newest) > _REMEMBERED:
                del self._newest[next(iter(self._newest))]
            self._changed.notify_all()

    def close(self) -> None:
        """Wake every subscriber now, and let none sleep any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def latest(self, run_id: str) -> tuple[int, Progress | None]:
        """Return the newest progress of a run with its version; (0, None) if nothing was published."""
        with self._changed:
            return self._newest.get(run_id, (0, None))

    def wait(self, run_id: str, version: int, seconds: float) -> None:
        """Sleep until the run has another version than ``version``, or ``seconds`` have passed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._newest.get(run_id, (0, None))[0] != version, timeout=seconds
            )
