from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from pipelines.network.transport import OversizeError, RetryBudget, StatusError, StrictTransport, raise_for_status, read
from tests.pipelines.fake_server import Asked, FakeServer, Reply


class _Says(FakeServer):
    reply = Reply()

    def answer(self, asked: Asked) -> Reply:
        return self.reply


@pytest.fixture
def server() -> Iterator[_Says]:
    with _Says() as running:
        yield running


class _Failing:
    """Fails as often as told, and remembers how often it was asked."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.mark.parametrize(
    ("error", "harmless", "calls"),
    [
        (StatusError(429, "", None), True, 3),
        (StatusError(429, "", None), False, 3),
        (StatusError(503, "", None), True, 3),
        (StatusError(503, "", None), False, 1),
        (StatusError(404, "", None), True, 1),
        (httpx.ReadTimeout(""), True, 3),
        (httpx.ReadTimeout(""), False, 1),
        (httpx.ConnectError(""), False, 1),
    ],
)
def test_what_is_tried_again(error: Exception, harmless: bool, calls: int) -> None:
    action = _Failing(*[error] * 5)
    with pytest.raises(type(error)):
        RetryBudget(seconds=60, pause=lambda _: None).call(action, harmless=harmless)
    assert action.calls == calls


def test_pauses_grow_stay_short_and_respect_what_is_asked() -> None:
    pauses: list[float] = []
    budget = RetryBudget(seconds=600, pause=pauses.append, tries=6, first_wait=1.0, longest_wait=4.0)
    assert budget.call(_Failing(*[StatusError(503, "", None)] * 5), harmless=True) == "done"
    assert all(pause <= limit for pause, limit in zip(pauses, (1, 2, 4, 4, 4), strict=True))
    pauses.clear()
    budget.call(_Failing(StatusError(429, "", 3.0)), harmless=False)
    assert 3.0 <= pauses[0] <= 4.0


def test_nobody_is_asked_again_before_the_time_he_named() -> None:
    action = _Failing(StatusError(429, "", 3600.0))
    with pytest.raises(StatusError):
        RetryBudget(seconds=10_000, pause=lambda _: None).call(action, harmless=True)
    assert action.calls == 1


def test_no_try_begins_after_the_deadline() -> None:
    action = _Failing(*[StatusError(429, "", 2.0)] * 5)
    with pytest.raises(StatusError):
        RetryBudget(seconds=1.0, pause=lambda _: None).call(action, harmless=True)
    assert action.calls == 1


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        (timedelta(seconds=100), 80, 100),
        (timedelta(seconds=-100), 0, 0),
        ("soon", None, None),
    ],
)
def test_both_forms_of_retry_after(
    server: _Says, header: str | timedelta, low: float | None, high: float | None
) -> None:
    if isinstance(header, timedelta):
        header = format_datetime(datetime.now(UTC) + header, usegmt=True)
    server.reply = Reply(429, {"detail": "slow\n down"}, (("Retry-After", header),))
    with (
        pytest.raises(StatusError) as caught,
        httpx.Client(transport=StrictTransport(httpx.Timeout(5), "https://example.com")) as client,
    ):
        client.get(server.url)
    asked = caught.value.retry_after
    assert asked is None if low is None or high is None else asked is not None and low <= asked <= high
    assert caught.value.detail == "slow down"


def test_the_time_out_holds_even_if_the_client_switches_it_off(server: _Says) -> None:
    server.hang = True
    begun = time.monotonic()
    with (
        httpx.Client(transport=StrictTransport(httpx.Timeout(0.2), "https://example.com")) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.post(server.url, timeout=None)
    assert time.monotonic() - begun < 3


def test_a_body_is_bounded_in_size_and_time(server: _Says) -> None:
    server.reply = Reply(200, bytes(100_000))
    with httpx.Client() as client:
        with client.stream("GET", server.url) as response, pytest.raises(OversizeError):
            read(response, 99_999)
        with client.stream("GET", server.url) as response, pytest.raises(httpx.ReadTimeout):
            read(response, 100_000, RetryBudget(seconds=-1))
        with client.stream("GET", server.url) as response:
            raise_for_status(response)
            assert len(read(response, 100_000)) == 100_000
