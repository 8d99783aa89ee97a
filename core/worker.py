"""Executes one claimed run: engine, rules, files, final row. Whatever happens, the run reaches a final state."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import record
from core.board import Board
from core.errors import BlockedError, StudioError
from core.failures import failure
from core.findings import Content, Finding, Stage
from core.job import Job
from core.ports import Engines, Guard, Marker, Pictures, RunLog
from core.results import MadePicture, Product
from core.runs import KeptPicture, Outcome, Run, Status

_log = logging.getLogger(__name__)


class Worker:
    """The lanes' common way to work."""

    def __init__(
        self, *, log: RunLog, engines: Engines, guard: Guard, marker: Marker, pictures: Pictures, board: Board
    ) -> None:
        self._log = log
        self._engines = engines
        self._guard = guard
        self._marker = marker
        self._pictures = pictures
        self._board = board
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def work(self, lane: str) -> bool:
        """Claim and execute one run of ``lane``; False if there was none."""
        run = self._log.claim(lane)
        if run is None:
            return False
        self.execute(run)
        return True

    def cancel(self, run_id: str) -> bool:
        """Ask a run in hand to stop; False if no lane here works on it."""
        with self._lock:
            job = self._jobs.get(run_id)
        if job is not None:
            job.cancel()
        return job is not None

    def execute(self, run: Run) -> None:
        """Bring a claimed run to its final state."""
        job = Job(
            run.id,
            publish=lambda progress: self._board.post(run.id, progress),
            approve=lambda text: self._guard.inspect(_answer(text)),
            keep_ticket=lambda ticket: self._log.keep_ticket(run.id, ticket),
            ticket=run.ticket,
        )
        with self._lock:
            self._jobs[run.id] = job
        try:
            self._board.post(run.id, None)
            outcome = self._outcome(run, job)
            self._log.finish(run.id, outcome)
        except Exception:  # noqa: BLE001 - a lane must survive whatever happens to one run
            # The log itself refused. The next start finds the row still running and ends it.
            _log.exception("run %s could not be ended", run.id)
        finally:
            with self._lock:
                self._jobs.pop(run.id, None)
            self._board.take_down(run.id)

    def _outcome(self, run: Run, job: Job) -> Outcome:
        try:
            return self._attempt(run, job)
        except StudioError as error:
            findings = error.findings if isinstance(error, BlockedError) else ()
            return Outcome(status=failure(error).ends, code=error.code, message=str(error), findings=findings)
        except Exception:  # noqa: BLE001 - whatever a model raises, its run reaches a final state
            _log.exception("run %s broke", run.id)
            message = f"The model stopped unexpectedly. The log of this server has the details under run {run.id}."
            return Outcome(status=Status.FAILED, code="engine_failed", message=message)

    def _attempt(self, run: Run, job: Job) -> Outcome:
        request = record.from_json(run.action, run.request, self._pictures.load)
        job.step("loading")
        engine = self._engines.get(run.model)
        product = engine.run(request, job)
        job.check()
        allowed, findings = self._inspect(product)
        self._log.saving(run.id)
        kept = self._keep(run, product, allowed)
        return Outcome(
            status=Status.DONE,
            pictures=kept,
            answer=product.text,
            sound=self._pictures.keep_sound(product.sound) if product.sound else "",
            findings=findings,
            facts=_facts(run, product),
            measures=product.measures,
            environment=engine.environment,
        )

    def _inspect(self, product: Product) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        """Return for each picture the reason it is blocked (empty if it is not), and all findings.

        Raises BlockedError if nothing is left to give.
        """
        findings = self._guard.inspect(_answer(product.text)) if product.text else ()
        reasons: list[str] = []
        for made in product.pictures:
            try:
                findings += self._guard.inspect(Content(stage=Stage.OUTPUT, pictures=(made.picture,)))
                reasons.append("")
            except BlockedError as error:
                findings += error.findings
                reasons.append(str(error))
        if reasons and all(reasons):
            raise BlockedError(reasons[0], findings)
        return tuple(reasons), findings

    def _keep(self, run: Run, product: Product, reasons: tuple[str, ...]) -> tuple[KeptPicture, ...]:
        kept = []
        for position, (made, reason) in enumerate(zip(product.pictures, reasons, strict=True)):
            place = KeptPicture(
                position=position,
                sha256="",
                pixels_sha256=made.picture.sha256,
                seed=made.seed,
                width=made.picture.width,
                height=made.picture.height,
                blocked=reason,
            )
            if not reason:
                marked = self._marker.mark(made.picture, _inscription(run, made, product))
                self._pictures.keep(marked)
                place = replace(place, sha256=marked.sha256)
            kept.append(place)
        return tuple(kept)


def _facts(run: Run, product: Product) -> Mapping[str, Any]:
    """Return what the engine tells, and what was known to be ignored before it worked."""
    ignored = {**run.facts.get("ignored", {}), **product.facts.get("ignored", {})}
    return {**product.facts, "ignored": ignored} if ignored else product.facts


def _inscription(run: Run, made: MadePicture, product: Product) -> dict[str, Any]:
    """Return what a picture carries inside: enough to make it again, and who made it."""
    request = {**record.flat(run.action, run.request), "seed": made.seed, "count": 1}
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
