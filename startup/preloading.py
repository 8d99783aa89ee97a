"""Loading in the background what the first visitor will need."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from core.errors import StudioError
from pipelines.catalogue.catalogue import Catalogue
from safety.guard import RuleGuard

# Where there is always somebody who waits, the rest is loaded beside them after all.
_LONGEST = 30.0
_PAUSE = 0.2


class Preloading:
    """Tests the safety rules and loads the models that ``auto`` means, once the page is up."""

    def __init__(
        self, catalogue: Catalogue, guard: RuleGuard, *, wanted: bool, busy: Callable[[], bool] = lambda: False
    ) -> None:
        """Make the work.

        Args:
            catalogue: loads the models.
            guard: tests its rules.
            wanted: False leaves loading to the first run of each model.
            busy: tells whether a run waits or is under way. Of two cores it needs both: what it does not need is
                loaded after it.
        """
        self._catalogue = catalogue
        self._guard = guard
        self._wanted = wanted
        self._busy = busy
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
        self._catalogue.preload(give_way=self._give_way).join()
        if self._guard.problems:
            self._guard.self_test()

    def _give_way(self) -> None:
        until = time.monotonic() + _LONGEST
        try:
            while self._busy() and time.monotonic() < until:
                time.sleep(_PAUSE)
        except StudioError:
            # The log cannot be read at this moment, or is closed: nobody can be seen waiting.
            return
