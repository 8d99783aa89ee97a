"""A lock between processes: a file that one process holds at a time, released when that process ends."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path

# Seconds between two looks at a lock that somebody else holds.
_LOOK = 0.02


class FileLock:
    """Held by one process; threads of that process need a lock of their own beside it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def take(self) -> bool:
        """Take the lock if no other process holds it, and tell whether it is ours now."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def wait(self, seconds: float) -> bool:
        """Take the lock as soon as it is free, for at most ``seconds``, and tell whether it is ours now."""
        deadline = time.monotonic() + seconds
        while not self.take():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK)
        return True

    def give(self) -> None:
        """Release the lock; it can be taken again."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release the lock and close its file."""
        self._file.close()
