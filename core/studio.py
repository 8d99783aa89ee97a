"""The one path: every request of every transport enters here, and every answer leaves here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from core import record
from core.actions import Action, Actor
from core.board import Board
from core.errors import BlockedError, NotPermittedError, QueueFullError, StudioError, UnknownRunError
from core.failures import failure
from core.identity import new_run_id
from core.models import Resolved
from core.ports import Access, Engines, Guard, Lane, Pictures, RunLog
from core.requests import MAX_SEED, RANDOM_SEED, GenerateRequest, Request
from core.results import Progress
from core.runs import NewRun, Outcome, Run, Status
from core.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a watcher sees: the row, the newest progress, and the place in the queue (0 is next)."""

    run: Run
    progress: Progress | None = None
    position: int = 0


class Studio:
    """Accepts, refuses, watches and cancels runs."""

    def __init__(
        self,
        *,
        access: Access,
        guard: Guard,
        engines: Engines,
        log: RunLog,
        pictures: Pictures,
        worker: Worker,
        board: Board,
        lanes: Mapping[str, Lane],
        most_waiting: int = 200,
    ) -> None:
        self.access = access
        self.engines = engines
        self.guard = guard
        self._log = log
        self.pictures = pictures
        self._worker = worker
        self._board = board
        self._lanes = lanes
        self._most_waiting = most_waiting

    def start(self) -> None:
        """Recover what a crash left behind, then let the lanes work."""
        self._log.recover(self._lanes)
        for lane in self._lanes.values():
            lane.start(partial(self._worker.work, lane.name))
            lane.wake()

    def stop(self) -> None:
        """Let every lane finish the run in hand; queued rows wait for the next start."""
        for lane in self._lanes.values():
            lane.stop()

    def submit(self, actor: Actor, request: Request, *, source: str = "page", parent: str | None = None) -> str:
        """Accept a request and return the id of its run. Refusals are kept as runs too, and raised.

        Raises:
            NotPermittedError: the role may not, or not that much.
            BlockedError: a rule refused the words or the upload.
            SafetyUnavailableError: a rule could not run.
            InvalidRequestError, EngineUnavailableError: the model cannot do this; nothing was kept.
            QueueFullError, StorageError: too many runs wait, or the disk is full; nothing was accepted.
        """
        run_id = new_run_id()
        resolved = self._resolve(actor, request, run_id, source, parent)
        card, request = resolved.card, resolved.request
        waiting = self._log.waiting()
        if waiting >= self._most_waiting:
            raise QueueFullError(
                f"{waiting} runs are waiting, which is the most this server keeps. Please try again soon."
            )
        row = _row(run_id, actor, request, model=card.id, lane=card.lane, source=source, parent=parent)
        row = replace(row, facts={"ignored": dict(resolved.ignored)} if resolved.ignored else {})
        try:
            self.access.within_limits(actor, request, *self._log.counts(actor.name))
            findings = self.guard.inspect(request.content())
        except StudioError as error:
            self._refuse(row, error)
            raise
        for picture in record.pictures(request):
            self.pictures.keep(picture)
        self._log.accept(replace(row, findings=findings))
        self._lanes[card.lane].wake()
        return run_id

    def watch(self, actor: Actor, run_id: str, *, every: float = 0.25) -> Iterator[Update]:
        """Yield the run as it changes, at most once per ``every`` seconds, until its final state.

        Leaving early leaves the run alone: another watcher may attach at any time.

        Raises:
            UnknownRunError: there is no such run, or it is somebody else's.
        """
        run = self.get(actor, run_id)
        while not run.status.final:
            seen, progress = self._board.read(run_id)
            if progress and progress.preview and not actor.may(Action.SEE_PREVIEWS):
                progress = replace(progress, preview=None)
            position = self._log.position(run_id) if run.status is Status.QUEUED else 0
            yield Update(run=run, progress=progress, position=position)
            run = self._next(run, seen, every)
        yield Update(run=run)

    def result(self, actor: Actor, run_id: str) -> Run:
        """Wait for the final state and return the run. Raises as ``watch``."""
        run = self.get(actor, run_id)
        while not run.status.final:
            seen, _ = self._board.read(run_id)
            # A notice may come between the look at the row and the look at the board: look at the row once more.
            run = self._log.get(run_id)
            if not run.status.final:
                run = self._next(run, seen, 1.0)
        return run

    def _next(self, run: Run, seen: int, seconds: float) -> Run:
        self._lanes[run.lane].attend()
        self._board.wait(run.id, seen, seconds)
        return self._log.get(run.id)

    def get(self, actor: Actor, run_id: str) -> Run:
        """Return a run this actor may see. Raises UnknownRunError."""
        run = self._log.get(run_id)
        if not self.may_see(actor, run):
            raise UnknownRunError(f"There is no run {run_id} that you may see.")
        return run

    def may_see(self, actor: Actor, run: Run) -> bool:
        """Tell whether this actor may see this run: its own with ``see_own_runs``, any with ``see_all_runs``."""
        own = run.actor == actor.name and actor.may(Action.SEE_OWN_RUNS)
        return own or actor.may(Action.SEE_ALL_RUNS)

    def cancel(self, actor: Actor, run_id: str) -> Run:
        """Stop a run of one's own (or any, with ``administer``) and return it. A final run stays as it is.

        Raises:
            UnknownRunError: there is no such run, or it is somebody else's.
            NotPermittedError: it may be seen but not stopped.
        """
        run = self.get(actor, run_id)
        if run.actor != actor.name and not actor.may(Action.ADMINISTER):
            raise NotPermittedError("Only the person who started a run, or an admin, may cancel it.")
        if run.status is Status.QUEUED:
            ended = Outcome(status=Status.CANCELLED, code="cancelled", message="Cancelled before it started.")
            if self._log.finish(run_id, ended):
                self._board.take_down(run_id)
        self._worker.cancel(run_id)
        return self._log.get(run_id)

    def replay(self, actor: Actor, run_id: str, *, source: str = "page") -> str:
        """Run the same request again, seeds and model included, as a child of the first. Raises as ``submit``."""
        run = self.get(actor, run_id)
        request = record.from_json(run.action, run.request, self.pictures.load)
        return self.submit(actor, request, source=source, parent=run.id)

    def _resolve(self, actor: Actor, request: Request, run_id: str, source: str, parent: str | None) -> Resolved:
        try:
            self.access.require(actor, request.action)
        except NotPermittedError as error:
            row = _row(run_id, actor, request, model=request.model, lane="", source=source, parent=parent)
            self._refuse(row, error)
            raise
        resolved = self.engines.resolve(request)
        request = resolved.request
        if isinstance(request, GenerateRequest) and request.seed == RANDOM_SEED:
            seed = secrets.randbelow(MAX_SEED - request.count + 2)
            resolved = replace(resolved, request=replace(request, seed=seed))
        return resolved

    def _refuse(self, row: NewRun, error: StudioError) -> None:
        findings = error.findings if isinstance(error, BlockedError) else ()
        status = failure(error).ends
        self._log.accept(replace(row, status=status, code=error.code, message=str(error), findings=findings))


def _row(
    run_id: str, actor: Actor, request: Request, *, model: str, lane: str, source: str, parent: str | None
) -> NewRun:
    return NewRun(
        id=run_id,
        action=request.action,
        actor=actor.name,
        role=actor.role,
        model=model,
        lane=lane,
        words=request.words,
        request=record.to_json(request),
        parent=parent,
        source=source,
    )
