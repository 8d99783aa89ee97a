"""One table of everything that can go wrong: what scripts, the log and people are told, and whether to try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import StudioError
from core.runs import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How the program reacts to one stable code.

    Attributes:
        http: status of a reply over HTTP.
        ends: state of a run that ended so.
        title: the headline for people; the sentence follows it.
        again: whether the very same request may pass in a while.
        wait: after how many seconds; 0 if nobody can tell.
    """

    http: int
    ends: Status
    title: str
    again: bool = False
    wait: int = 0


FAILURES: Mapping[str, Failure] = {
    "invalid_request": Failure(http=400, ends=Status.FAILED, title="Please change this"),
    "unknown_model": Failure(http=400, ends=Status.FAILED, title="Please choose another model"),
    "not_permitted": Failure(http=403, ends=Status.DENIED, title="Not allowed"),
    "limit_reached": Failure(http=429, ends=Status.DENIED, title="That is the limit", again=True),
    "cool_down": Failure(http=429, ends=Status.DENIED, title="Please wait a while", again=True),
    "queue_full": Failure(http=503, ends=Status.FAILED, title="Too many are waiting", again=True),
    "blocked": Failure(http=422, ends=Status.BLOCKED, title="Refused by a safety rule"),
    "safety_unavailable": Failure(http=503, ends=Status.FAILED, title="The safety rules cannot run now", again=True),
    "engine_unavailable": Failure(http=503, ends=Status.FAILED, title="This model cannot run here"),
    "engine_failed": Failure(http=500, ends=Status.FAILED, title="The model failed", again=True),
    "cancelled": Failure(http=409, ends=Status.CANCELLED, title="Stopped"),
    "interrupted": Failure(http=503, ends=Status.INTERRUPTED, title="Interrupted", again=True),
    "unknown_run": Failure(http=404, ends=Status.FAILED, title="Not found"),
    "conflict": Failure(http=409, ends=Status.FAILED, title="Please look again"),
    "under_way": Failure(http=409, ends=Status.FAILED, title="Still under way", again=True),
    "stopping": Failure(http=503, ends=Status.FAILED, title="The program is stopping", again=True, wait=30),
    "storage_full": Failure(http=507, ends=Status.FAILED, title="The disk is full", again=True),
    "storage_busy": Failure(http=503, ends=Status.FAILED, title="The database is busy", again=True, wait=5),
    "storage_failed": Failure(http=503, ends=Status.FAILED, title="The disk or the database failed", again=True),
    "failed": Failure(http=500, ends=Status.FAILED, title="Something went wrong"),
}


def failure(error: StudioError | str) -> Failure:
    """Return the reaction to an error, or to its code in the log; an unknown code is a plain failure."""
    code = error if isinstance(error, str) else error.code
    return FAILURES.get(code, FAILURES["failed"])
