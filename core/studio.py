"""The one path: every request of every transport enters here, and every answer leaves here."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from core import record
from core.actions import Action, Actor
from core.admission.admission import Admission
from core.deletion import Deletion
from core.errors import (
    NotPermittedError,
    QueueFullError,
    StoppingError,
    StorageError,
    StudioError,
)
from core.findings import Content, Stage
from core.media import Picture
from core.models import Resolved
from core.ports import Access, Engines, Guard, Lane, Marker
from core.progress import ProgressFeed
from core.requests import MAX_SEED, RANDOM_SEED, TALKING, GenerateRequest, Request, bringing
from core.run_ids import new_run_id
from core.runs import NewRun, Run, Status
from core.storage import Pictures, RunLog
from core.watching import Watching
from core.worker import Worker

_log = logging.getLogger(__name__)

# Seconds that ``stop`` gives the runs under way to reach their next step, and to be saved if they are done.
_GRACE = 4.0


class Studio(Watching):
    """Accepts, refuses, cancels and deletes runs; watches them as ``Watching`` does."""

    def __init__(
        self,
        *,
        access: Access,
        guard: Guard,
        engines: Engines,
        marker: Marker,
        log: RunLog,
        pictures: Pictures,
        lanes: Mapping[str, Lane],
        most_waiting: int = 200,
    ) -> None:
        self.feed = ProgressFeed()
        self.worker = Worker(log=log, engines=engines, guard=guard, marker=marker, pictures=pictures, feed=self.feed)
        super().__init__(log=log, feed=self.feed, worker=self.worker, lanes=lanes)
        self.access = access
        self.engines = engines
        self.guard = guard
        self.pictures = pictures
        self._most_waiting = most_waiting
        self._started = False
        self._admission = Admission(access, log)
        self.deletion = Deletion(self, access, log)

    def start(self) -> None:
        """Recover what a crash left behind, then let the lanes work."""
        self._log.recover(self._lanes)
        self._started = True
        for lane in self._lanes.values():
            lane.start(partial(self.worker.work, lane.name))
            lane.wake()

    def stop(self) -> None:
        """Take the runs under way out of their engines and queue them again; those who wait for one are told.

        Returns after a few seconds at most, even if an engine does not react: its run is queued all the same.
        """
        if self._stopping:
            return
        deadline = time.monotonic() + _GRACE
        self._stopping = True
        if self._started:
            self._log.stopping()
        self.worker.stop()
        self.feed.close()
        lanes = [threading.Thread(target=lane.stop, daemon=True) for lane in self._lanes.values()]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        self.worker.save_last(max(1.0, deadline - time.monotonic()))
        if self._started:
            self._put_back()

    def _put_back(self) -> None:
        try:
            self._log.put_back()
        except StorageError as error:
            _log.warning("the runs under way are queued at the next start only: %s", error)

    def submit(
        self,
        actor: Actor,
        request: Request,
        *,
        source: str = "page",
        parent: str | None = None,
        talk: str | None = None,
    ) -> str:
        """Accept a request and return the id of its run. Refusals are kept as runs too, and raised.

        Args:
            actor: who asks.
            request: what is asked for.
            source: ``page``, ``api``, ``rest`` or ``mcp``.
            parent: id of the run this one repeats, varies or speaks.
            talk: ``Run.talk`` of a run this actor may see, to go on with that talk; None lets a question or a
                description begin one.

        Raises:
            NotPermittedError: the role may not, or not that much; a CoolDownError leaves no row.
            BlockedError: a rule refused the words or the upload.
            SafetyUnavailableError: a rule could not run.
            InvalidRequestError, EngineUnavailableError: the model cannot do this; nothing was kept.
            QueueFullError: too many runs wait; nothing was accepted.
            StorageError: the disk is full or the database held by another program; nothing was accepted.
            StoppingError: the program is about to end; nothing was accepted.
        """
        if self._stopping:
            raise StoppingError("Show & Tell is stopping. Nothing was accepted; please ask again when it is back.")
        self._admission.require_no_cool_down(actor)
        run_id = new_run_id()
        made = partial(_row, run_id, actor, source=source, parent=parent, talk=talk)
        resolved = self._resolve(actor, request, made)
        card, request = resolved.card, resolved.request
        row = made(request, model=card.id, lane=card.lane)
        row = replace(row, facts=resolved.facts)
        try:
            self._admission.require_place(actor, request, self._most_waiting)
            findings = self.guard.inspect(request.content())
        except QueueFullError:
            raise
        except StudioError as error:
            self._admission.refuse(actor, row, error)
            raise
        for picture in record.pictures(request):
            self.pictures.require_room()
            self.pictures.keep(picture)
        self._admission.accept(actor, request, replace(row, findings=findings), self._most_waiting)
        self._lanes[card.lane].wake()
        return run_id

    def bring(self, actor: Actor, read: Callable[[], Picture]) -> Picture:
        """Keep and return a clean picture that somebody brings before they ask about it.

        It counts from here on, refused or not, and stays some hours if no run refers to it. A file that is no picture
        counts as a refused request.

        Args:
            actor: who brings it.
            read: returns the clean picture, or raises InvalidRequestError for what is none.

        Raises:
            NotPermittedError: the role may do nothing with pictures, or brought as many as it may.
            InvalidRequestError: passed through from ``read``. CoolDownError: too much was refused lately.
            BlockedError: a rule refused the picture.
            SafetyUnavailableError: a rule could not run.
            StorageError: the disk is full.
        """
        self.access.require(actor, bringing(actor))
        with self._admission.counting(actor):
            picture = read()
            self.pictures.require_room()
            self._admission.bring(actor, picture)
            self.guard.inspect(Content(stage=Stage.INPUT, pictures=(picture,)))
        self.pictures.keep(picture)
        return picture

    def cancel(self, actor: Actor, run_id: str) -> Run:
        """Stop a run of one's own (or any, with ``administer``) and return it. A final run stays as it is.

        Raises:
            UnknownRunError: there is no such run, or it is somebody else's.
            NotPermittedError: it may be seen but not stopped.
        """
        run = self.get(actor, run_id)
        if run.actor != actor.name and not actor.may(Action.ADMINISTER):
            raise NotPermittedError("Only the person who started a run, or an admin, may cancel it.")
        if run.status is Status.QUEUED or not self.worker.cancel(run_id):
            # No lane works on it, so nothing else would end it.
            if not run.status.final:
                self.worker.end(run)
            if self.worker.problem(run_id) is None:
                # A lane may have started it in this very moment.
                self.worker.cancel(run_id)
        return self._look(run_id)

    def replay(self, actor: Actor, run_id: str, *, source: str = "page") -> str:
        """Run the same request again, seeds and model included, as a child of the first. Raises as ``submit``."""
        run = self.get(actor, run_id)
        request = record.from_json(run.action, run.request, self.pictures.load)
        return self.submit(actor, request, source=source, parent=run.id)

    def _resolve(self, actor: Actor, request: Request, made: Callable[..., NewRun]) -> Resolved:
        try:
            self.access.require(actor, request.action)
        except NotPermittedError as error:
            self._admission.refuse(actor, made(request, model=request.model, lane=""), error)
            raise
        resolved = self.engines.resolve(request)
        request = resolved.request
        if isinstance(request, GenerateRequest) and request.seed == RANDOM_SEED:
            seed = secrets.randbelow(MAX_SEED - request.count + 2)
            resolved = replace(resolved, request=replace(request, seed=seed))
        return resolved


def _row(
    run_id: str,
    actor: Actor,
    request: Request,
    *,
    model: str,
    lane: str,
    source: str,
    parent: str | None,
    talk: str | None,
) -> NewRun:
    return NewRun(
        id=run_id,
        action=request.action,
        actor=actor.name,
        party=actor.party,
        role=actor.role,
        model=model,
        lane=lane,
        words=request.words,
        request=record.to_json(request),
        parent=parent,
        talk=talk or (run_id if request.action in TALKING else None),
        source=source,
    )
