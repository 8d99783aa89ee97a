"""Loading in the background what the first visitor will need."""

from __future__ import annotations

import threading

from pipelines.catalogue.catalogue import Catalogue
from safety.guard import RuleGuard


class Preloading:
    """Tests the safety rules and loads the models that ``auto`` means, once the page is up."""

    def __init__(self, catalogue: Catalogue, guard: RuleGuard, *, wanted: bool) -> None:
        """Make the work; ``wanted`` False leaves loading to the first run of each model."""
        self._catalogue = catalogue
        self._guard = guard
        self._wanted = wanted
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if it is wanted. Returns at once."""
        if self._wanted:
            self._thread = threading.Thread(target=self._work, name="prepare", daemon=True)
            self._thread.start()

    def pending(self) -> bool:
        """Tell whether something is still being loaded, or will be as soon as the page is up."""
        return self._wanted and (self._thread is None or self._thread.is_alive())

    def _work(self) -> None:
        # The checker of pictures first: it is small, and uploads wait for it.
        self._guard.self_test()
        self._catalogue.preload().join()
        if self._guard.problems:
            self._guard.self_test()
