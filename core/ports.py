"""What the one path needs from the other packages, which implement these protocols and never import each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from core.actions import Action, Actor
from core.findings import Content, Finding
from core.job import Job
from core.media import Picture
from core.models import ModelCard, Resolved
from core.requests import Request
from core.results import Product


class Engine(Protocol):
    """One loaded or remote model.

    Attributes:
        environment: versions, device, dtype, threads and the fingerprint of the weights, which decide whether a
            replay gives the same.
    """

    environment: Mapping[str, Any]

    def run(self, request: Any, job: Job) -> Product:
        """Do the work of one run, in the thread of its lane. The worker gives it requests of what its model serves.

        Hands each picture over with ``job.made`` as soon as it is finished, and leaves out the first ``job.kept``.
        Reports through ``job``, whose methods raise RunCancelledError once somebody asked to stop; leaves nothing of
        this run behind on shared objects, however it ends.

        Raises:
            EngineFailedError: the model broke.
            EngineUnavailableError: it turned out that it cannot run here.
            RunCancelledError: passed through from ``job``.
            BlockedError: passed through from ``job``, or the remote service refused.
        """
        ...


class Engines(Protocol):
    """The catalogue of models."""

    def cards(self, action: Action | None = None) -> Sequence[ModelCard]:
        """Return all models, or those that serve ``action``, with their present state. Cheap: nothing is loaded."""
        ...

    def chosen(self, action: Action) -> ModelCard:
        """Return the model that ``auto`` means for ``action``. Raises EngineUnavailableError if none can run here."""
        ...

    def resolve(self, request: Request) -> Resolved:
        """Choose the model for ``auto`` and fill in its defaults; what it cannot do is refused, or named as ignored.

        Raises:
            UnknownModelError: no such model for this action.
            EngineUnavailableError: it cannot run here; the sentence says what it lacks.
            InvalidRequestError: the model does not know this style, size or scheduler.
        """
        ...

    def get(self, model: str, action: Action) -> Engine:
        """Return the engine of a model that serves ``action``, built on first use. Safe to call from several threads.

        Raises:
            EngineUnavailableError: a package, key, weight or device is missing; or the model does not serve that.
        """
        ...


class Access(Protocol):
    """Roles and their limits, read from roles.yaml."""

    def actor(self, name: str | None) -> Actor:
        """Return who that is now. None, unknown and disabled names are anonymous."""
        ...

    def require(self, actor: Actor, action: Action) -> None:
        """Return if the actor may, else raise NotPermittedError with a sentence for the person."""
        ...

    def within_limits(self, actor: Actor, request: Request, today: int, waiting: int) -> None:
        """Check the amounts of ``request`` against the limits of the role.

        Args:
            actor: who asks.
            request: with the defaults of the model filled in.
            today: runs of this actor accepted since midnight UTC.
            waiting: runs of this actor that are not final.

        Raises:
            LimitReachedError: names the limit.
        """
        ...

    def may_bring(self, actor: Actor, today: int) -> None:
        """Return if the actor may bring one more picture after ``today`` of them. Raises LimitReachedError."""
        ...


class Guard(Protocol):
    """The safety rules, run together; fails closed."""

    def inspect(self, content: Content) -> tuple[Finding, ...]:
        """Return what the rules found, if nothing blocks.

        Raises:
            BlockedError: at least one finding blocks.
            SafetyUnavailableError: a rule could not run.
        """
        ...


class Uploads(Protocol):
    """Reads the files people upload."""

    def read(self, data: bytes, name: str = "upload", *, actor: Actor | None = None) -> Picture:
        """Return a clean picture: bounded, first frame, upright, RGB on white, no metadata.

        Takes turns between those who bring pictures: ``actor`` says who does.

        Raises:
            InvalidRequestError: not a picture of an allowed kind, broken, or too large; nothing large was decoded.
            QueueFullError: this actor has too many pictures waiting to be read.
        """
        ...


class Marker(Protocol):
    """Provenance: writes what made a picture into its file."""

    def mark(self, picture: Picture, record: Mapping[str, Any]) -> Picture:
        """Return the picture as it is kept, with ``record`` inside the PNG. Pixels stay as they are."""
        ...


class Lane(Protocol):
    """One worker with its queue: a device, or a remote account.

    Attributes:
        name: the word in the ``lane`` column.
    """

    name: str

    def start(self, work: Callable[[], bool]) -> None:
        """Begin. ``work`` claims and executes one run; False means the queue is empty."""
        ...

    def wake(self) -> None:
        """Say that there may be something to do."""
        ...

    def attend(self) -> None:
        """Lend the calling thread to the lane, if it has none of its own; else return at once."""
        ...

    def stop(self) -> None:
        """Finish the run under way and start no other."""
        ...
