"""What is held at once: by each person, by each address, and in all."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class Held:
    """Counts what is held under each name, and forgets names that hold nothing. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many names hold something."""
        return len(self._counts)

    def __getitem__(self, name: str) -> int:
        """Return how much is held under ``name``."""
        return self._counts[name]

    @contextmanager
    def take(self, bounds: Mapping[str, int], full: Callable[[], Exception]) -> Iterator[None]:
        """Hold one more under each name of ``bounds`` for as long as the block lasts.

        Args:
            bounds: name -> the most that may be held under it.
            full: makes what is raised, and nothing is taken, where one of them is reached.
        """
        with self._lock:
            if any(self._counts[name] >= most for name, most in bounds.items()):
                raise full()
            self._counts.update(bounds.keys())
        try:
            yield
        finally:
            with self._lock:
                self._counts.subtract(bounds.keys())
                self._counts += Counter()  # drops what is at 0
