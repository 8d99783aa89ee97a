"""What the one path needs from the rest of the house. Siblings implement these and never meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from core.actions import Action, Actor
from core.admission.places import Shares
from core.findings import Content, Finding
from core.job import Job
from core.media import Picture, Sound
from core.models import ModelCard, Resolved
from core.requests import Request
from core.results import Product
from core.runs import NewRun, Outcome, Run


class Engine(Protocol):
    """One loaded or remote model."""

    @property
    def environment(self) -> Mapping[str, Any]:
        """Versions, device, dtype, threads and the fingerprint of the weights: what a replay needs to be equal."""
        ...

    def run(self, request: Request, job: Job) -> Product:
        """Do the work of one run, in the thread of its lane.

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

    def get(self, model: str) -> Engine:
        """Return the engine, built on first use. Safe to call from several threads.

        Raises:
            EngineUnavailableError: a package, key, weight or device is missing.
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
    """The door for files people bring."""

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


class Pictures(Protocol):
    """Kept media, named by content. A file that no run refers to may go after some hours."""

    @property
    def folders(self) -> Sequence[Path]:
        """The folders of all files that may be handed out; nothing else lies in them."""
        ...

    def require_room(self) -> None:
        """Return if there is room for a picture that somebody brings. Raises StorageError."""
        ...

    def keep(self, picture: Picture) -> None:
        """Write the file so that it survives a power cut, before any row names it. Raises StorageError."""
        ...

    def load(self, sha256: str) -> Picture:
        """Return a kept picture. Raises UnknownRunError if there is none of that name."""
        ...

    def keep_sound(self, sound: Sound) -> str:
        """Write the file and return its name. Raises StorageError."""
        ...

    def path(self, sha256: str) -> Path:
        """Return where a kept picture lies. Raises UnknownRunError if there is none of that name."""
        ...

    def thumbnail(self, sha256: str) -> Path:
        """Return a small copy (longest side at most 256 pixels), made on first use. Raises as ``path``."""
        ...

    def named(self, path: Path, name: str) -> Path:
        """Return another path of the kept file ``path`` whose last part is ``name``, for programs that save by it.

        It leads there until the next start, and without a copy where the disk can do so.
        """
        ...

    def sound_path(self, name: str) -> Path:
        """Return where a kept sound lies. Raises as ``path``."""
        ...

    def difference(self, first: str, second: str) -> int | None:
        """Return the largest difference of two kept pictures in 8-bit levels, 0..255; None if their sizes differ."""
        ...


class RunLog(Protocol):
    """The rows of runs: the queue, the history and the record in one."""

    def accept(self, run: NewRun) -> None:
        """Add the row. Returns only when it would survive a power cut. Raises StorageError."""
        ...

    def claim(self, lane: str) -> Run | None:
        """Start the next queued run of ``lane``, fair between parties (see ``Actor.party``), or return None."""
        ...

    def saving(self, run_id: str) -> None:
        """Note that the model is done and files are being written."""
        ...

    def keep_ticket(self, run_id: str, ticket: str) -> None:
        """Note the id a remote service gave this run."""
        ...

    def finish(self, run_id: str, outcome: Outcome) -> bool:
        """Write the final state in one transaction; False if the run already had one."""
        ...

    def recover(self, lanes: Collection[str]) -> tuple[str, ...]:
        """After a start: give interrupted runs their second try or end them. Returns the ids that were running.

        Runs that wait in a lane which is not among ``lanes`` end as failed: nobody would ever start them.
        """
        ...

    def stopping(self) -> None:
        """Note that this program ends because somebody wants it to: what it leaves behind is no crash's."""
        ...

    def put_back(self) -> None:
        """Queue what this program has in hand again, as if it had not been started. Raises StorageError."""
        ...

    def get(self, run_id: str) -> Run:
        """Return the row. Raises UnknownRunError."""
        ...

    def position(self, run_id: str) -> int:
        """Return how many runs of the lane start before this one: 0 is next."""
        ...

    def waiting(self) -> int:
        """Return how many runs are queued, over all lanes and people."""
        ...

    def counts(self, actor: str) -> tuple[int, int]:
        """Return (runs since midnight UTC, runs not final) of this actor.

        What a safety rule refused counts for the day, what a role or a limit refused does not.
        """
        ...

    def shares(self, party: str) -> Shares:
        """Return what is taken of the queue and of the day, over all people and by this party."""
        ...

    def brought(self, actor: str) -> int:
        """Return how many pictures this actor brought since midnight UTC, refused ones included."""
        ...

    def bring(self, actor: Actor, sha256: str) -> None:
        """Note that this actor brings a picture. Raises StorageError."""
        ...


class Lane(Protocol):
    """One worker with its queue: a device, or a remote account."""

    @property
    def name(self) -> str:
        """The word in the ``lane`` column."""
        ...

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
        """Finish the run in hand and start no other."""
        ...
