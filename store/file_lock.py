"""A lock between processes: a file that one process holds at a time and that dies with its holder."""

from __future__ import annotations

import fcntl
from pathlib import Path
from types import TracebackType


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

    def close(self) -> None:
        """Give the lock up for good."""
        self._file.close()

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)
