"""Executes one claimed run: engine, rules, files, final row. Whatever happens, the run reaches a final state.

Only a program that stops leaves a run without one: it is queued again then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core import record
from core.endings import Endings
from core.errors import BlockedError, RunStoppedError, StorageError, StudioError, UnknownRunError
from core.failures import failure
from core.findings import Content, Finding, Stage
from core.job import Job
from core.ports import Engines, Guard, Marker
from core.progress import ProgressFeed
from core.results import MadePicture, Product
from core.runs import KeptPicture, Outcome, Run, Status
from core.storage import Pictures, RunLog

_log = logging.getLogger(__name__)

# Seconds until a remote ticket that could not be written down is tried again.
_TICKET_PAUSE = 0.5


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
        job = Job(
            run.id,
            publish=lambda progress: self._feed.publish(run.id, progress),
            approve=lambda text: self._guard.inspect(_answer(text)),
            keep_ticket=lambda ticket: self._keep_ticket(job, ticket),
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
            self._finish(run, job)
        finally:
            with self._lock:
                self._jobs.pop(run.id, None)

    def end(self, run_id: str, outcome: Outcome) -> None:
        """Bring a run that no lane works on to its final state, now or as soon as the storage lets us."""
        self._endings.write(run_id, lambda: outcome)

    def _is_final(self, run_id: str) -> bool:
        """Tell whether somebody ended a run between its start and the moment its job was made."""
        try:
            return self._log.get(run_id).status.final
        except UnknownRunError:
            return True
        except StorageError:
            return False

    def _finish(self, run: Run, job: Job) -> None:
        outcome = self._outcome(run, job)
        if outcome is None:
            return
        self._endings.write(run.id, outcome)
        if job.cancelled:
            self._endings.cancel(run.id)

    def _outcome(self, run: Run, job: Job) -> Callable[[], Outcome] | None:
        """Return what keeps the files and says how the run ended; None if it is left to the next start."""
        try:
            return self._attempt(run, job)
        except RunStoppedError:
            return None
        except StudioError as error:
            findings = error.findings if isinstance(error, BlockedError) else ()
            outcome = Outcome(status=failure(error).ends, code=error.code, message=str(error), findings=findings)
        except BaseException:  # noqa: BLE001 - whatever a model raises, be it SystemExit, its run reaches a final state
            _log.exception("run %s broke", run.id)
            message = f"The model stopped unexpectedly. The log of this server has the details under run {run.id}."
            outcome = Outcome(status=Status.FAILED, code="engine_failed", message=message)
        return lambda: outcome

    def _keep_ticket(self, job: Job, ticket: str) -> None:
        """Write a ticket down, however long it takes: without it the remote run would be made, and paid, twice."""
        while True:
            try:
                return self._log.keep_ticket(job.run_id, ticket)
            except StorageError as error:
                _log.warning("the ticket of run %s is not written yet: %s", job.run_id, error)
            job.pause(_TICKET_PAUSE)

    def _attempt(self, run: Run, job: Job) -> Callable[[], Outcome]:
        request = record.from_json(run.action, run.request, self._pictures.load)
        job.step("loading")
        engine = self._engines.get(run.model, run.action)
        product = engine.run(request, job)
        job.check()
        allowed, findings = self._inspect(product)
        environment = engine.environment
        return lambda: self._save(run, product, allowed, findings, environment)

    def _save(
        self,
        run: Run,
        product: Product,
        allowed: tuple[str, ...],
        findings: tuple[Finding, ...],
        environment: Mapping[str, Any],
    ) -> Outcome:
        """Keep the files, which may be done again, and return how the run ended. Raises StorageError."""
        self._log.saving(run.id)
        return Outcome(
            status=Status.DONE,
            pictures=self._keep(run, product, allowed),
            answer=product.text,
            sound=self._pictures.keep_sound(product.sound) if product.sound else "",
            findings=findings,
            facts=_facts(run, product),
            measures=product.measures,
            environment=environment,
        )

    def _inspect(self, product: Product) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        """Return for each picture the reason it is blocked (empty if it is not), and all findings.

        Raises BlockedError if nothing is left to give.
        """
        findings = self._guard.inspect(_answer(product.text)) if product.text else ()
        reasons: list[str] = []
        for item in product.pictures:
            try:
                findings += self._guard.inspect(Content(stage=Stage.OUTPUT, pictures=(item.picture,)))
                reasons.append("")
            except BlockedError as error:
                findings += error.findings
                reasons.append(str(error))
        if reasons and all(reasons):
            raise BlockedError(reasons[0], findings)
        return tuple(reasons), findings

    def _keep(self, run: Run, product: Product, reasons: tuple[str, ...]) -> tuple[KeptPicture, ...]:
        kept_pictures = []
        for position, (item, reason) in enumerate(zip(product.pictures, reasons, strict=True)):
            picture = KeptPicture(
                position=position,
                sha256="",
                pixels_sha256=item.picture.sha256,
                seed=item.seed,
                width=item.picture.width,
                height=item.picture.height,
                blocked=reason,
            )
            if not reason:
                marked = self._marker.mark(item.picture, _record(run, item, product))
                self._pictures.keep(marked)
                picture = replace(picture, sha256=marked.sha256)
            kept_pictures.append(picture)
        return tuple(kept_pictures)


def _facts(run: Run, product: Product) -> Mapping[str, Any]:
    """Return what was known before the engine worked, and what it tells; both may name what was ignored."""
    facts = {**run.facts, **product.facts}
    known, found = run.facts.get("ignored", {}), product.facts.get("ignored", {})
    ignored = {name: " ".join(why[name] for why in (known, found) if name in why) for name in {**known, **found}}
    return {**facts, "ignored": ignored} if ignored else facts


def _record(run: Run, item: MadePicture, product: Product) -> dict[str, Any]:
    """Return what a picture carries inside: enough to make it again, and who made it."""
    request = {**record.flat(run.action, run.request), "seed": item.seed, "count": 1}
    return {
        "run": run.id,
        "model": run.model,
        "made": run.started,
        "request": request,
        "facts": dict(_facts(run, product)),
    }


def _answer(text: str) -> Content:
    """Return an answer as the rules see it."""
    return Content(stage=Stage.OUTPUT, texts=(("answer", text),))
