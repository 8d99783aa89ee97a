"""Executes one claimed run: engine, rules, files, final row. Whatever happens, the run reaches a final state.

Only a program that stops leaves a run without one: it is queued again then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from core import endings, record
from core.endings import Endings
from core.errors import (
    BlockedError,
    RunCancelledError,
    RunStoppedError,
    StorageError,
    StudioError,
    UnknownRunError,
)
from core.failures import failure
from core.findings import Content, Finding, Stage
from core.finished import FinishedPictures, all_facts
from core.job import Job
from core.ports import Engines, Guard, Marker
from core.progress import ProgressFeed
from core.results import MadePicture, Product, Withheld
from core.run_view import plain
from core.runs import Outcome, Run, Status
from core.storage import Pictures, RunLog

_log = logging.getLogger(__name__)

# Seconds until something that has to be written down before the engine goes on is tried again.
_STORAGE_PAUSE = 0.5


class Worker:
    """Does the work of all lanes. Thread-safe."""

    def __init__(
        self, *, log: RunLog, engines: Engines, guard: Guard, marker: Marker, pictures: Pictures, feed: ProgressFeed
    ) -> None:
        self._log = log
        self._engines = engines
        self._guard = guard
        self._marker = marker
        self._pictures = pictures
        self._feed = feed
        self._endings = Endings(log, feed)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._stopping = False

    def work(self, lane: str) -> bool:
        """Claim and execute one run of ``lane``; False if there was none, or if none can be started now."""
        if self._stopping or self._endings.full:
            return False
        try:
            run = self._log.claim(lane)
        except StorageError as error:
            _log.warning("no run of lane %s can be started now: %s", lane, error)
            return False
        if run is None:
            return False
        self.execute(run)
        return True

    def cancel(self, run_id: str) -> bool:
        """Ask a run to stop; False if no lane works on it and no result of it waits to be saved."""
        with self._lock:
            job = self._jobs.get(run_id)
        if job is not None:
            job.cancel()
        # Both are asked: the run may just be passing from its job to the endings.
        return self._endings.cancel(run_id) or job is not None

    def problem(self, run_id: str) -> StorageError | None:
        """Return why the result of a run that has left its engine is not saved yet; None for any other run."""
        return self._endings.problem(run_id)

    def stop(self) -> None:
        """Start no other run, and ask those under way to leave their engines. Returns at once."""
        with self._lock:
            self._stopping = True
            jobs = list(self._jobs.values())
        for job in jobs:
            job.stop()

    def save_last(self, seconds: float) -> None:
        """After ``stop``: try once more to save what could not be saved so far."""
        self._endings.stop(seconds)

    def execute(self, run: Run) -> None:
        """Bring a claimed run to its final state, or leave it to the next start if the program stops."""
        finished = FinishedPictures(run, log=self._log, guard=self._guard, marker=self._marker, pictures=self._pictures)
        job = Job(
            run.id,
            publish=lambda progress: self._feed.publish(run.id, progress),
            approve=lambda text: self._guard.inspect(_answer(text)),
            keep_ticket=lambda ticket: self._patiently(job, lambda: self._log.keep_ticket(run.id, ticket)),
            keep_picture=lambda item, facts: self._keep_picture(finished, run, item, facts),
            ticket=run.ticket,
        )
        with self._lock:
            self._jobs[run.id] = job
            if self._stopping:
                job.stop()
        try:
            if self._is_final(run.id):
                return
            if self._endings.problem(run.id):
                # It was cancelled while it waited, and that could not be written down so far.
                job.cancel()
            self._feed.publish(run.id, None)
            self._finish(run, job, finished)
        finally:
            with self._lock:
                self._jobs.pop(run.id, None)

    def end(self, run: Run) -> None:
        """End a run that no lane works on as cancelled, now or as soon as the storage lets us."""
        outcome = Outcome(status=Status.CANCELLED, code="cancelled", message=endings.stopped(run, run.pictures))
        self._endings.write(run.id, lambda: outcome, cancelled=lambda: outcome)

    def _is_final(self, run_id: str) -> bool:
        """Tell whether somebody ended a run between its start and the moment its job was made."""
        try:
            return self._log.get(run_id).status.final
        except UnknownRunError:
            return True
        except StorageError:
            return False

    def _finish(self, run: Run, job: Job, finished: FinishedPictures) -> None:
        outcome = self._outcome(run, job, finished)
        if outcome is None:
            return
        self._endings.write(run.id, outcome, cancelled=lambda: endings.cancelled(run, finished))
        if job.cancelled:
            self._endings.cancel(run.id)

    def _outcome(self, run: Run, job: Job, finished: FinishedPictures) -> Callable[[], Outcome] | None:
        """Return what keeps the files and says how the run ended; None if it is left to the next start."""
        try:
            return self._attempt(run, job, finished)
        except RunStoppedError:
            return None
        except RunCancelledError:
            return lambda: endings.cancelled(run, finished)
        except StudioError as error:
            findings = finished.unwritten(error.findings) if isinstance(error, BlockedError) else ()
            outcome = Outcome(status=failure(error).ends, code=error.code, message=str(error), findings=findings)
        except BaseException:  # noqa: BLE001 - whatever a model raises, be it SystemExit, its run reaches a final state
            _log.exception("run %s broke", run.id)
            message = f"The model stopped unexpectedly. The log of this server has the details under run {run.id}."
            outcome = Outcome(status=Status.FAILED, code="engine_failed", message=message)
        return lambda: endings.early(run, finished, outcome)

    def _patiently(self, job: Job, write: Callable[[], None]) -> None:
        """Write something down however long it takes: without it, work would be done, and paid, twice."""
        while True:
            try:
                return write()
            except StorageError as error:
                _log.warning("run %s waits for the storage: %s", job.run_id, error)
            job.pause(_STORAGE_PAUSE)

    def _keep_picture(
        self, finished: FinishedPictures, run: Run, item: MadePicture | Withheld, facts: Mapping[str, Any]
    ) -> None:
        finished.add(item, facts)
        # The run has changed its row: watchers look again.
        self._feed.publish(run.id, None)

    def _attempt(self, run: Run, job: Job, finished: FinishedPictures) -> Callable[[], Outcome]:
        request = record.from_json(run.action, run.request, self._pictures.load)
        job.step("loading")
        engine = self._engines.get(run.model, run.action)
        finished.environment = engine.environment
        if run.pictures and run.environment != plain(engine.environment):
            # One run is made in one environment; its record says which.
            self._patiently(job, finished.forget)
        job.kept = len(finished.rows)
        product = engine.run(request, job)
        for item in product.pictures[job.handed_over :]:
            finished.take(item, product.facts)
        job.check()
        findings = self._guard.inspect(_answer(product.text)) if product.text else ()
        rows = finished.rows
        if rows and all(picture.blocked for picture in rows):
            raise BlockedError(rows[0].blocked, findings)
        return lambda: self._save(run, product, finished, findings)

    def _save(self, run: Run, product: Product, finished: FinishedPictures, findings: tuple[Finding, ...]) -> Outcome:
        """Keep the files, which may be done again, and return how the run ended. Raises StorageError."""
        self._log.saving(run.id)
        pictures, about = finished.rest()
        return Outcome(
            status=Status.DONE,
            pictures=pictures,
            answer=product.text,
            sound=self._pictures.keep_sound(product.sound) if product.sound else "",
            findings=(*findings, *about),
            facts=all_facts(run, product.facts),
            measures=product.measures,
            environment=finished.environment,
        )


def _answer(text: str) -> Content:
    """Return an answer as the rules see it."""
    return Content(stage=Stage.OUTPUT, texts=(("answer", text),))
