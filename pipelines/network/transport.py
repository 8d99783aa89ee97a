"""Requests to remote services: bounded in size and in time, tried again only where a second try does no harm."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx

from pipelines.network import proxies

T = TypeVar("T")

# What a service says about its refusal is read up to here; a sentence fits many times over.
_LONGEST_DETAIL = 64 * 1024
# These come before a single byte of the request was sent, so nothing can have happened at the other end.
NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class StatusError(Exception):
    """A service replied with a status of 400 or more.

    Attributes:
        status: the HTTP status.
        detail: what the service says about it, at most 300 characters; may be empty.
        retry_after: seconds it asks us to wait, or None.
    """

    def __init__(self, status: int, detail: str, retry_after: float | None) -> None:
        super().__init__(f"{status} {detail}".strip())
        self.status = status
        self.detail = detail
        self.retry_after = retry_after


class OversizeError(Exception):
    """A reply is larger than what is asked for can be."""


class StrictTransport(httpx.BaseTransport):
    """Times every request out and raises StatusError for every refusal, whatever the client on top of it wants.

    The Replicate client (1.0.7) would sleep any Retry-After, an hour included, during which the run could
    not be cancelled; as it never sees a refusal, it cannot. And it switches the time-out off for the one request that
    costs money, the create.
    """

    def __init__(self, timeout: httpx.Timeout, url: str) -> None:
        """Make the connection to the service at ``url``. Raises EngineUnavailableError: its proxy cannot be used."""
        self._timeout = timeout.as_dict()
        self._inner = proxies.transport(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx. Raises StatusError for a status of 400 or more."""
        request.extensions["timeout"] = self._timeout
        response = self._inner.handle_request(request)
        raise_for_status(response)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


@dataclass(kw_only=True)
class RetryBudget:
    """How long and how often we try, for one piece of work.

    Attributes:
        seconds: for everything together, counted from now.
        pause: sleeps that long; raises to give up early, as ``core.job.Job.pause`` does.
        tries: at most so many, 1..10.
        first_wait: longest pause before the second try, in seconds; doubles from try to try.
        longest_wait: no single pause is longer; a service that asks for more is not asked again.
    """

    seconds: float
    pause: Callable[[float], None] = time.sleep
    tries: int = 3
    first_wait: float = 0.5
    longest_wait: float = 20.0
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds left; negative once the time is over."""
        return self._end - time.monotonic()

    def call(self, action: Callable[[], T], *, harmless: bool) -> T:
        """Return ``action()``, tried again after a failure that may pass.

        Args:
            action: may raise StatusError or an error of httpx.
            harmless: doing it twice is as good as once. If not, only a refusal for going too fast (429) is tried
                again, since every other failure leaves open whether it was done.

        Raises:
            StatusError, httpx.HTTPError: the last failure, if no try helped or no time is left.
        """
        for attempt in range(1, self.tries + 1):
            try:
                return action()
            except (StatusError, httpx.TransportError) as error:
                wait = self._wait(error, attempt, harmless=harmless)
                if wait is None:
                    raise
                self.pause(wait)
        raise AssertionError("the last try returns or raises")

    def _wait(self, error: Exception, attempt: int, *, harmless: bool) -> float | None:
        """Return how long to wait before the next try, or None to give up. Source: AWS, "full jitter" backoff."""
        status = error.status if isinstance(error, StatusError) else 0
        asked = error.retry_after if isinstance(error, StatusError) else None
        passing = status == 429 or (harmless and (status == 0 or status >= 500))
        longest = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1))
        wait = (asked or 0.0) + random.uniform(0.0, longest)  # noqa: S311 - spreads load, keeps no secret
        allowed = passing and attempt < self.tries and (asked or 0.0) <= self.longest_wait and wait < self.left
        return wait if allowed else None


def raise_for_status(response: httpx.Response) -> None:
    """Raise StatusError for a status of 400 or more, with the service's own words; closes such a reply."""
    if response.status_code < 400:
        return
    try:
        detail = _detail(read(response, _LONGEST_DETAIL))
    except (OversizeError, httpx.HTTPError):
        detail = ""
    finally:
        response.close()
    raise StatusError(response.status_code, detail, _retry_after(response.headers.get("Retry-After", "")))


def read(response: httpx.Response, limit: int, budget: RetryBudget | None = None) -> bytes:
    """Return the body of a streamed reply.

    Args:
        response: not read so far.
        limit: bytes.
        budget: gives up in the middle of a body that drips in too slowly.

    Raises:
        OversizeError: more than ``limit`` bytes.
        httpx.ReadTimeout: no time is left.
    """
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limit:
            raise OversizeError(f"more than {limit} bytes")
        if budget is not None and budget.left < 0:
            raise httpx.ReadTimeout("the reply came too slowly")
    return bytes(body)


def resolves(host: str, seconds: float) -> bool:
    """Tell whether the name server answers for ``host`` within ``seconds``; no such host is an answer.

    The system call behind it knows no time-out: behind a silent firewall it blocks for up to a minute.
    """
    waiting = threading.Thread(target=_look_up, args=(host,), name="look-up", daemon=True)
    waiting.start()
    waiting.join(seconds)
    return not waiting.is_alive()


def _look_up(host: str) -> None:
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        return


def _detail(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    return " ".join(str(said.get("detail") or said.get("title") or "").split())[:300]


def _retry_after(header: str) -> float | None:
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
