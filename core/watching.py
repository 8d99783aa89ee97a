"""Watching runs: what a page, a program or a test sees of a run until its final state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core.actions import Action, Actor
from core.admission.waits import Waits
from core.errors import StoppingError, UnknownRunError
from core.ports import Lane
from core.progress import ProgressFeed
from core.results import Progress
from core.runs import Run, Status
from core.storage import RunLog
from core.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a watcher sees: the row, the newest progress, and the place in the queue (0 is next)."""

    run: Run
    progress: Progress | None = None
    position: int = 0


class Watching:
    """Shows runs to those who may see them, and lets them wait for the end. Thread-safe."""

    def __init__(self, *, log: RunLog, feed: ProgressFeed, worker: Worker, lanes: Mapping[str, Lane]) -> None:
        self._log = log
        self._feed = feed
        self._worker = worker
        self._lanes = lanes
        self._waits = Waits()
        self._stopping = False

    def watch(self, actor: Actor, run_id: str, *, every: float = 0.25) -> Iterator[Update]:
        """Yield the run as it changes, at most once per ``every`` seconds, until its final state.

        Leaving early leaves the run alone: another watcher may attach at any time.

        Raises:
            UnknownRunError: there is no such run, or it is somebody else's.
            StoppingError: the program ends before the run does.
            QueueFullError: this actor watches too many runs already.
        """
        run = self.get(actor, run_id)
        if not run.status.final:
            with self._waits.take(actor):
                while not run.status.final:
                    version, _ = self._feed.latest(run_id)
                    yield self._update(actor, run)
                    run = self._next(run, version, every)
        yield Update(run=run)

    def look(self, actor: Actor, run_id: str) -> Update:
        """Return what a watcher would see first, without waiting. Raises UnknownRunError."""
        return self._update(actor, self.get(actor, run_id))

    def _update(self, actor: Actor, run: Run) -> Update:
        if run.status.final:
            return Update(run=run)
        _, progress = self._feed.latest(run.id)
        if progress and progress.preview and not actor.may(Action.SEE_PREVIEWS):
            progress = replace(progress, preview=None)
        position = self._log.position(run.id) if run.status is Status.QUEUED else 0
        return Update(run=run, progress=progress, position=position)

    def result(self, actor: Actor, run_id: str) -> Run:
        """Wait for the final state and return the run. Raises as ``watch``."""
        run = self.get(actor, run_id)
        if run.status.final:
            return run
        with self._waits.take(actor):
            return self.attend(run_id)

    def attend(self, run_id: str) -> Run:
        """Wait for the final state without checking who asks; return the run. An inline lane works in this thread."""
        run = self._log.get(run_id)
        while not run.status.final:
            version, _ = self._feed.latest(run_id)
            # The run may have ended after its row was read and before the version was: read the row once more.
            run = self._look(run_id)
            if not run.status.final:
                run = self._next(run, version, 1.0)
        return run

    def _next(self, run: Run, version: int, seconds: float) -> Run:
        self._lanes[run.lane].attend()
        self._feed.wait(run.id, version, seconds)
        run = self._look(run.id)
        if self._stopping and not run.status.final:
            raise StoppingError(
                "Show & Tell is stopping. Your run is kept and goes on when the program is started again; "
                f"look it up then under its id, {run.id}."
            )
        return run

    def _look(self, run_id: str) -> Run:
        """Return the row; where its result cannot be written down yet, with the reason."""
        run = self._log.get(run_id)
        problem = None if run.status.final else self._worker.problem(run_id)
        if problem is None:
            return run
        message = f"This run has ended and is being saved; its result is kept until then. {problem}"
        return replace(run, status=Status.SAVING, code=problem.code, message=message)

    def get(self, actor: Actor, run_id: str) -> Run:
        """Return a run this actor may see. Raises UnknownRunError."""
        run = self._look(run_id)
        if not self.may_see(actor, run):
            raise UnknownRunError(f"There is no run {run_id} that you may see.")
        return run

    def may_see(self, actor: Actor, run: Run) -> bool:
        """Tell whether this actor may see this run: its own with ``see_own_runs``, any with ``see_all_runs``."""
        own = run.actor == actor.name and actor.may(Action.SEE_OWN_RUNS)
        return own or actor.may(Action.SEE_ALL_RUNS)
