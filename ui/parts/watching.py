"""Watching runs for the page: not more often than a browser can use, and one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.actions import Action, Actor
from core.runs import Run
from core.studio import Studio
from core.watching import Update
from ui.services import Services, Visit


class Line:
    """The runs one window waits for, oldest first, and which of its events shows them: always the newest one.

    Lives in the session of the window, shared by all its events.

    Attributes:
        waiting: ids of the runs.
        elsewhere: whether the reader looks at something else meanwhile, which then stays on the stage.
    """

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.elsewhere = False
        self._turn = 0

    def join(self, run_ids: Iterable[str]) -> None:
        """Put runs at the end, each once."""
        self.waiting += [run_id for run_id in run_ids if run_id not in self.waiting]

    def leave(self, run_id: str) -> None:
        """Take a run out that has ended."""
        if run_id in self.waiting:
            self.waiting.remove(run_id)

    def take(self) -> int:
        """Take over the showing and return what ``holds`` asks for."""
        self._turn += 1
        return self._turn

    def holds(self, turn: int) -> bool:
        """Tell whether nobody took over since."""
        return turn == self._turn


class Told:
    """Holds a status line back that would change more than once in a second: screen readers read each change out."""

    def __init__(self) -> None:
        self._words, self._at = "", 0.0

    def new(self, words: str) -> bool:
        """Tell whether the line may say ``words`` now, and remember them if so."""
        now = time.monotonic()
        if words == self._words or now - self._at < 1:
            return False
        self._words, self._at = words, now
        return True


def named_run(visit: Visit, services: Services) -> Run | None:
    """Return the run that the address names, or None if it names none.

    Raises:
        UnknownRunError: it names a run that this visitor may not see.
    """
    name = visit.query.get("run")
    return services.studio.get(visit.actor, str(name)) if name else None


def under_way(visit: Visit, services: Services) -> list[Run]:
    """Return the runs of this visitor that are not final, oldest first."""
    return list(services.library.active(visit.actor.name)) if visit.actor.may(Action.SEE_OWN_RUNS) else []


# Seconds between two looks of one watcher. Every look is a message to the browser.
PACE = 0.25


def watch(studio: Studio, actor: Actor, run_id: str) -> Iterator[Update]:
    """Yield the changes of a run, at most one per ``PACE`` seconds but for the final one, which comes at once."""
    last, status, preview, made = 0.0, None, None, 0
    for update in studio.watch(actor, run_id, every=PACE):
        now = time.monotonic()
        seen = update
        if update.progress is not None:
            # Not every step has a preview: the newest one of this picture stays until there is a newer one.
            preview = update.progress.preview or (preview if made == len(update.run.pictures) else None)
            made = len(update.run.pictures)
            seen = replace(update, progress=replace(update.progress, preview=preview))
        if update.run.status.final or update.run.status is not status or now - last >= PACE:
            last, status = now, update.run.status
            yield seen
