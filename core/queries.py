"""What the page asks of the log: lists and figures, read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.actions import Action
from core.runs import Run, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a list shows as one thing: a run, or all that was asked in one talk.

    Attributes:
        first: the run it began with; its words and its picture stand for the whole.
        turns: how many questions and descriptions it has, spoken answers not counted; 1 for a run alone.
        latest: when its newest turn was asked for, UTC ISO 8601.
        status: of its newest turn.
    """

    first: Run
    turns: int
    latest: str
    status: Status


class Library(Protocol):
    """Runs as people browse them, newest first."""

    def runs(
        self,
        *,
        actor: str | None = None,
        search: str = "",
        action: Action | None = None,
        status: Status | None = None,
        pictured: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Run]:
        """Return runs; ``actor`` None means everybody's. ``search`` finds words in prompts, questions and answers.

        With ``pictured`` only those that made a picture which may be shown, whatever became of them.
        """
        ...

    def entries(
        self,
        *,
        actor: str | None = None,
        search: str = "",
        action: Action | None = None,
        status: Status | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Entry]:
        """Return what ``runs`` finds as entries: a talk once, whichever turn fits, a spoken answer never alone."""
        ...

    def active(self, actor: str) -> Sequence[Run]:
        """Return the runs of this actor that are not final, oldest first: what a reloaded page attaches to."""
        ...

    def talk(self, talk_id: str, *, actor: str | None = None) -> Sequence[Run]:
        """Return the runs of a talk (see ``Run.talk``), oldest first, spoken answers too; of ``actor``, or None: all.

        Somebody with ``see_all_runs`` may have gone on with it: their runs are theirs.
        """
        ...

    def newest_talk(self, actor: str) -> str | None:
        """Return the talk on the page whose latest answer this actor got last or waits for, or None."""
        ...

    def run_of_picture(self, sha256: str, *, actor: str | None = None) -> Run | None:
        """Return the newest run of ``actor`` (None: of anybody) that made this picture, or None."""
        ...

    def count(self, status: Status) -> int:
        """Return how many runs are in this state, without loading them."""
        ...

    def has_picture(self, sha256: str, *, actor: str | None = None) -> bool:
        """Tell whether a run of ``actor`` (None: of anybody) made or brought this picture.

        Several people may have the same picture: uploading a file that another has too shows nothing of the other.
        """
        ...

    def brought(self, sha256: str, actor: str) -> bool:
        """Tell whether this actor brought this picture lately, whether or not they asked about it."""
        ...


class Statistics(Protocol):
    """Figures of the dashboard. Every figure is one published SQL query."""

    def names(self) -> Sequence[str]:
        """Return the names of the questions."""
        ...

    def sql(self, name: str) -> str:
        """Return the published query. Its only parameter is ``:since``, a UTC ISO 8601 time."""
        ...

    def ask(self, name: str, *, days: int = 30) -> Sequence[Mapping[str, Any]]:
        """Return the rows of one question over the last ``days`` days. Runs read-only and time-capped."""
        ...
