"""Whether a request joins the queue, and what is kept of one that does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from core.actions import Actor
from core.admission import excerpt, places
from core.admission.cool_down import CoolDown
from core.errors import (
    BlockedError,
    InvalidRequestError,
    LimitReachedError,
    NotPermittedError,
    SafetyUnavailableError,
    StudioError,
)
from core.findings import Finding
from core.media import Picture
from core.ports import Access
from core.requests import Request
from core.runs import NewRun, Status
from core.storage import RunLog


class Admission:
    """Places, limits and the cool-down, in front of the log. Thread-safe."""

    def __init__(self, access: Access, log: RunLog) -> None:
        self._access = access
        self._log = log
        self._cool_down = CoolDown()
        self._beyond_limits = CoolDown()
        # Two requests at the same moment never take the same last place, nor do two uploads.
        self._lock = threading.Lock()

    def require_no_cool_down(self, actor: Actor) -> None:
        """Return unless too many requests of this actor were refused lately. Raises CoolDownError."""
        self._cool_down.require(actor)

    @contextmanager
    def counting(self, actor: Actor) -> Iterator[None]:
        """Count what is refused within the block against its actor, if it was theirs to do better.

        Raises:
            CoolDownError: too many requests of this actor were refused lately.
        """
        self.require_no_cool_down(actor)
        try:
            yield
        except (InvalidRequestError, BlockedError):
            self._cool_down.count(actor)
            raise

    def require_place(self, actor: Actor, request: Request, most: int) -> None:
        """Return if there is a place now, of ``most`` in all. Raises QueueFullError, LimitReachedError."""
        places.require(actor, self._log.shares(actor.party), most)
        self._access.within_limits(actor, request, *self._log.counts(actor.name))

    def accept(self, actor: Actor, request: Request, row: NewRun, most: int) -> None:
        """Add the row to the queue if there still is a place. Raises as ``require_place``, and StorageError."""
        with self._lock:
            self.require_place(actor, request, most)
            self._log.accept(row)

    def bring(self, actor: Actor, picture: Picture) -> None:
        """Count a picture that somebody brings if the role may bring one more. Raises LimitReachedError."""
        with self._lock:
            self._access.may_bring(actor, self._log.brought(actor.name))
            self._log.bring(actor, picture.sha256)

    def refuse(self, actor: Actor, row: NewRun, error: StudioError) -> None:
        """Keep a refused request in short, and count it against its actor."""
        if isinstance(error, LimitReachedError | SafetyUnavailableError):
            # Asking again is right here, but the first few rows of it say it all.
            if self._beyond_limits.exhausted(actor):
                return
            self._beyond_limits.count(actor)
        else:
            self._cool_down.count(actor)
        status, findings = _refusal(error)
        refused = replace(row, status=status, code=error.code, message=str(error), findings=findings)
        self._log.accept(excerpt.shortened(refused))


def _refusal(error: StudioError) -> tuple[Status, tuple[Finding, ...]]:
    if isinstance(error, NotPermittedError):
        return Status.DENIED, ()
    if isinstance(error, BlockedError):
        return Status.BLOCKED, error.findings
    return Status.FAILED, ()
