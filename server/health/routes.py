"""Whether the program lives, whether it is ready, and its figures for Prometheus."""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Callable, Mapping, Sequence

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.actions import Action
from core.ports import Access
from core.queries import Statistics
from server.accounts.identity import current_name
from server.accounts.throttle import Throttle
from server.health.metrics import Metric, exposition, from_rows
from server.refusals import refusal

# A named check returns None if all is well, else one sentence.
Checks = Mapping[str, Callable[[], str | None]]
_STARTED = time.time()
_log = logging.getLogger(__name__)


class Health:
    """GET /healthz, /readyz and /metrics."""

    def __init__(
        self, *, access: Access, checks: Checks, statistics: Statistics, questions: Sequence[str], throttle: Throttle
    ) -> None:
        """Make the handlers.

        Args:
            access: who may see figures.
            checks: what readiness depends on, by name.
            statistics: the published figures.
            questions: which of them are shown as metrics; none that names people or prompts.
            throttle: counts failed sign-ins.
        """
        self._access = access
        self._checks = checks
        self._statistics = statistics
        self._questions = questions
        self._throttle = throttle

    def routes(self) -> list[Route]:
        """Return the routes for ``app_kwargs``."""
        return [Route("/healthz", self._alive), Route("/readyz", self._ready), Route("/metrics", self._metrics)]

    async def _alive(self, _: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        found = await anyio.to_thread.run_sync(self._run_checks)
        broken = [sentence for sentence in found.values() if sentence]
        checks = {name: sentence or "ok" for name, sentence in found.items()}
        return JSONResponse({"status": "not ready" if broken else "ready", "checks": checks}, 503 if broken else 200)

    def _run_checks(self) -> dict[str, str | None]:
        return {name: _outcome(name, check) for name, check in self._checks.items()}

    async def _metrics(self, request: Request) -> Response:
        actor = await anyio.to_thread.run_sync(self._access.actor, current_name(request))
        if not actor.may(Action.ADMINISTER):
            sentence = "The figures are for admins: show the token of one, or the owner's key, as x-api-key."
            return refusal(403, "not_permitted", sentence)
        text = await anyio.to_thread.run_sync(self._figures)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    def _figures(self) -> str:
        used = resource.getrusage(resource.RUSAGE_SELF)
        metrics = [
            Metric("uptime_seconds", "Since the program started.", [({}, time.time() - _STARTED)]),
            Metric("cpu_seconds", "Used by this process.", [({}, used.ru_utime + used.ru_stime)]),
            Metric("memory_peak_bytes", "Largest resident memory.", [({}, used.ru_maxrss * 1024)]),
            Metric("sign_in_failures", "Since the program started.", [({}, self._throttle.failures)]),
            Metric(
                "check_ok",
                "1 if the named check of /readyz passes.",
                [({"check": name}, 0 if sentence else 1) for name, sentence in self._run_checks().items()],
            ),
        ]
        for question in self._questions:
            metrics += from_rows(question, self._statistics.ask(question, days=30))
        return exposition(metrics)


def _outcome(name: str, check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except Exception:  # noqa: BLE001 - a check that breaks is a check that fails
        _log.exception("the check %s broke", name)
        return "This check broke; the log has the details."
