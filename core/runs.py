"""A run: one request and all that became of it, as the log keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.actions import Action
from core.findings import Finding
from core.results import Measure


class Status(StrEnum):
    """States of a run. The row is the queue: ``queued`` rows wait for their lane."""

    QUEUED = "queued"
    RUNNING = "running"
    SAVING = "saving"
    DONE = "done"
    BLOCKED = "blocked"
    DENIED = "denied"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self not in {Status.QUEUED, Status.RUNNING, Status.SAVING}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A picture of a finished run.

    Attributes:
        position: 0.. in the order of the seeds; blocked pictures keep theirs.
        sha256: hex digest of the kept file, empty if blocked.
        pixels_sha256: hex digest of the clean picture before it was marked; two equal pictures share it.
        seed: makes it again, or None where the engine gives none.
        width: pixels.
        height: pixels.
        blocked: the reason, or empty.
    """

    position: int
    sha256: str
    pixels_sha256: str
    seed: int | None
    width: int
    height: int
    blocked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known the moment a request is accepted, or refused before the queue.

    Attributes:
        request: ``core.record.to_json`` of the resolved request.
        words: the text people read.
        lane: the queue it waits in.
        parent: id of the run this one came from (replay, variation), or None.
        talk: id of the talk it belongs to, see ``Run.talk``.
        source: ``page``, ``api``, ``rest`` or ``mcp``.
        party: who takes turns and has shares, see ``Actor.party``; empty stands for the actor.
        facts: what is known before the model works, such as ignored parameters.
    """

    id: str
    action: Action
    actor: str
    role: str
    model: str
    lane: str
    words: str
    request: Mapping[str, Any]
    parent: str | None = None
    talk: str | None = None
    source: str = "page"
    status: Status = Status.QUEUED
    code: str = ""
    message: str = ""
    findings: tuple[Finding, ...] = ()
    party: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, handed to the log in one piece.

    Attributes:
        status: a final state.
        code: stable word for scripts; empty for ``done``.
        message: the sentence for the person.
        facts: see ``core.results.Product.facts``.
        environment: versions, device, dtype, threads, fingerprint of the weights.
    """

    status: Status
    code: str = ""
    message: str = ""
    pictures: tuple[KeptPicture, ...] = ()
    answer: str = ""
    sound: str = ""
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A row of the log, whole. Times are UTC ISO 8601 or None; ``seconds`` is the time spent running.

    Attributes:
        talk: id of the first run of the talk this one belongs to, its own if it is the first; spoken answers belong to
            the talk of the answer. None for what is no part of a talk. It stays when that first run is deleted.
        attempt: how often it was started; a crash gives one more try.
        ticket: the id a remote service gave it, so that it is looked up and never created twice.
        sound: name of the kept audio file, or empty.
    """

    id: str
    action: Action
    actor: str
    role: str
    model: str
    lane: str
    words: str
    request: Mapping[str, Any]
    status: Status
    queued: str
    parent: str | None = None
    talk: str | None = None
    source: str = "page"
    code: str = ""
    message: str = ""
    attempt: int = 0
    ticket: str = ""
    started: str | None = None
    finished: str | None = None
    seconds: float | None = None
    pictures: tuple[KeptPicture, ...] = ()
    answer: str = ""
    sound: str = ""
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
