"""The notice board: the newest progress of each running run, for any number of watchers."""

from __future__ import annotations

import threading

from core.results import Progress

# Ended runs stay on the board a while, so that a watcher who looks away for a moment still sees that they ended.
_KEPT = 1_000


class Board:
    """Keeps one progress per run; watchers sleep until there is a newer one. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: dict[str, tuple[int, Progress | None]] = {}
        self._closed = False

    def post(self, run_id: str, progress: Progress | None) -> None:
        """Pin ``progress``; None says only that the run changed its state."""
        with self._changed:
            number, before = self._newest.get(run_id, (0, None))
            self._newest[run_id] = (number + 1, progress or before)
            self._changed.notify_all()

    def take_down(self, run_id: str) -> None:
        """Drop the progress of a run that is final, and wake its watchers one last time."""
        with self._changed:
            number, _ = self._newest.pop(run_id, (0, None))
            self._newest[run_id] = (number + 1, None)
            if len(self._newest) > _KEPT:
                del self._newest[next(iter(self._newest))]
            self._changed.notify_all()

    def close(self) -> None:
        """Wake every watcher now, and let none sleep any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def read(self, run_id: str) -> tuple[int, Progress | None]:
        """Return the number of the newest notice and the notice; (0, None) if there is none."""
        with self._changed:
            return self._newest.get(run_id, (0, None))

    def wait(self, run_id: str, seen: int, seconds: float) -> None:
        """Sleep until the run has another notice than number ``seen``, or ``seconds`` have passed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._newest.get(run_id, (0, None))[0] != seen, timeout=seconds
            )
