"""Predictions on Replicate: created once, watched until they end, cancelled when nobody wants them any more.

Of the client only ``predictions.create``, ``get``, ``reload`` and ``cancel`` are used. Its ``run()`` returns None or
half an answer without an error when the service is slow, and sends the key to whatever host an output names.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, NoReturn

import httpx
from replicate.client import Client

from core.errors import EngineFailedError, RunCancelledError, RunStoppedError
from core.job import Job
from pipelines.network.transport import NOTHING_SENT, RetryBudget, StatusError, StrictTransport
from pipelines.replicate.account import Account
from pipelines.replicate.outcomes import refused, succeeded, unclear

_log = logging.getLogger(__name__)

_ENDED = {"succeeded", "failed", "canceled"}
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
# The ticket from just before a create until its answer: a run that is found with it may have been created, or not.
_UNDER_WAY = "?"
# What the client raises when the body of a reply is not the prediction it should be.
_MALFORMED = (ValueError, TypeError, AttributeError, KeyError)


class Predictions:
    """The predictions of one run, in their order.

    The ticket of the run is the list of their ids. A second attempt at the same run looks those up; it creates only
    what the first attempt never began to create. A context manager: it owns the connections.
    """

    def __init__(self, account: Account, job: Job) -> None:
        self._account = account
        self._job = job
        self._options = account.options
        self._earlier = deque(job.ticket.split())
        self._ids: list[str] = []
        reply = self._options.reply
        self._transport = StrictTransport(httpx.Timeout(reply, connect=min(5.0, reply)), account.base_url)
        self._client = Client(api_token=account.token, base_url=account.base_url, transport=self._transport)

    def __enter__(self) -> Predictions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def budget(self) -> RetryBudget:
        """Return fresh budget for one prediction or one download."""
        options = self._options
        return RetryBudget(seconds=options.seconds, pause=self._job.pause, first_wait=options.first_wait)

    def skip(self, number: int) -> None:
        """Leave the first predictions of an earlier attempt alone: their pictures are kept already."""
        for _ in range(min(number, len(self._earlier))):
            self._ids.append(self._earlier.popleft())

    def finish(self, inputs: Mapping[str, Any], watch: Callable[[Any], None]) -> Any:
        """Return the next prediction of this run once it has succeeded.

        Args:
            inputs: what the model is given.
            watch: called with the ``replicate.prediction.Prediction`` at every look, the last one included; what it
                raises ends the prediction.

        Raises:
            BlockedError: Replicate's own filter refused.
            EngineFailedError, EngineUnavailableError: with the reason.
            RunCancelledError: passed through from the job; the prediction is cancelled too.
            RunStoppedError: passed through; the prediction goes on, and the next attempt looks it up.
        """
        budget = self.budget()
        prediction = self._find(self._earlier.popleft(), budget) if self._earlier else self._create(inputs, budget)
        self._note_or_cancel(prediction.id)
        try:
            while prediction.status not in _ENDED:
                watch(prediction)
                self._look(prediction, budget)
            watch(prediction)
        except RunStoppedError:
            raise
        except Exception:
            if prediction.status not in _ENDED:
                self._cancel(prediction.id)
            raise
        return succeeded(prediction)

    def _create(self, inputs: Mapping[str, Any], budget: RetryBudget) -> Any:
        create = self._client.predictions.create
        self._note(_UNDER_WAY)
        try:
            prediction = budget.call(lambda: create(version=self._options.version, input=dict(inputs)), harmless=False)
        except RunCancelledError:
            # It paused after a refusal, so nothing was created.
            self._keep(known for known in self._ids if known != _UNDER_WAY)
            raise
        except StatusError as error:
            raise refused(error, self._options, creating=True) from error
        except NOTHING_SENT as error:
            raise EngineFailedError("Replicate cannot be reached; nothing was started there.") from error
        except httpx.TimeoutException as error:
            raise unclear(f"did not answer within {self._options.reply:g} seconds") from error
        except (httpx.HTTPError, *_MALFORMED) as error:
            raise unclear(f"did not answer properly ({type(error).__name__})") from error
        if not _ID.fullmatch(prediction.id):
            raise unclear("answered with something that is no prediction")
        return prediction

    def _note(self, prediction_id: str) -> None:
        """Write down the id of the prediction, before anything waits for it."""
        self._keep((*(known for known in self._ids if known != _UNDER_WAY), prediction_id))

    def _note_or_cancel(self, prediction_id: str) -> None:
        try:
            self._note(prediction_id)
        except RunCancelledError:
            # Nobody would ever find it again.
            self._cancel(prediction_id)
            raise

    def _keep(self, ids: Iterable[str]) -> None:
        self._ids = list(ids)
        self._job.keep_ticket(" ".join((*self._ids, *self._earlier)))

    def _find(self, prediction_id: str, budget: RetryBudget) -> Any:
        if prediction_id == _UNDER_WAY:
            raise unclear("was being asked when this program stopped")
        try:
            return budget.call(lambda: self._client.predictions.get(prediction_id), harmless=True)
        except RunStoppedError:
            raise
        except RunCancelledError:
            self._cancel(prediction_id)
            raise
        except (StatusError, httpx.HTTPError, *_MALFORMED) as error:
            self._lost(prediction_id, error)

    def _look(self, prediction: Any, budget: RetryBudget) -> None:
        self._job.pause(self._options.poll)
        if budget.left < 0:
            seconds = f"{self._options.seconds:g} seconds"
            raise EngineFailedError(f"Replicate took longer than {seconds}; the prediction was cancelled.")
        try:
            budget.call(prediction.reload, harmless=True)
        except (StatusError, httpx.HTTPError, *_MALFORMED) as error:
            self._lost(prediction.id, error)

    def _lost(self, prediction_id: str, error: Exception) -> NoReturn:
        if isinstance(error, StatusError):
            raise refused(error, self._options, creating=False) from error
        raise EngineFailedError(
            f"Replicate no longer answers properly about prediction {prediction_id} ({type(error).__name__})."
        ) from error

    def _cancel(self, prediction_id: str) -> None:
        """Stop it and its cost, as far as the connection allows; the reason why it is stopped is what people see."""
        try:
            self._client.predictions.cancel(prediction_id)
        except (StatusError, httpx.HTTPError, *_MALFORMED):
            _log.warning("prediction %s could not be cancelled and may go on", prediction_id)
