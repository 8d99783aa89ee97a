"""What the one path needs of the store: the rows of runs, and pictures and sounds. ``store`` implements these."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from core.actions import Actor
from core.admission.places import Shares
from core.findings import Finding
from core.media import Picture, Sound
from core.runs import KeptPicture, NewRun, Outcome, Run


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

        It leads there until the next start, and without a copy where the disk can do so. Raises UnknownRunError if the
        file is gone.
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

    def keep_picture(
        self,
        run_id: str,
        picture: KeptPicture,
        *,
        findings: Sequence[Finding] = (),
        facts: Mapping[str, Any],
        environment: Mapping[str, Any],
    ) -> None:
        """Add one finished picture to a run under way, in the place of an earlier one of the same position.

        Args:
            run_id: the run; one that has ended stays as it is.
            picture: its row.
            findings: what the rules said about it.
            facts: see ``core.results.Product.facts``; they are the run's until it ends.
            environment: what the picture was made in.

        Raises:
            UnknownRunError: the run is gone.
            StorageError: nothing was written.
        """
        ...

    def drop_pictures(self, run_id: str) -> None:
        """Take the pictures out that an earlier attempt of a run under way left. Raises StorageError."""
        ...

    def finish(self, run_id: str, outcome: Outcome) -> bool:
        """Write the final state in one transaction; False if the run already had one.

        Pictures kept before stay; facts and environment stay where the outcome has none.
        """
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
        """Queue what this program works on again, as if it had not been started. Raises StorageError."""
        ...

    def get(self, run_id: str) -> Run:
        """Return the row. Raises UnknownRunError."""
        ...

    def delete(self, run_ids: Collection[str]) -> int:
        """Delete runs with what speaks their answers, in one step, and return how many that were.

        Ids that name no run are left out. What limits and statistics count stays, without a word or a picture; files
        that no other run refers to go from the disk soon after.

        Raises:
            RunUnderWayError: one of them is not final; nothing was deleted.
            StorageError: nothing was deleted.
        """
        ...

    def delete_all(self, actor: str) -> int:
        """Delete every run of this actor, and forget which pictures they brought. Raises as ``delete``."""
        ...

    def position(self, run_id: str) -> int:
        """Return how many runs of the lane start before this one: 0 is next."""
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
