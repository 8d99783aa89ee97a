"""What an engine gets of the run it works on: it reports through this, and learns from it when to stop."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import RunCancelledError, RunStoppedError
from core.results import MadePicture, Progress, Withheld

# A sentence ends at its mark followed by space, or at a line break; what is left over is checked at the end.
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


class Job:
    """One attempt at one run.

    Every method that reports raises RunCancelledError once the run was cancelled, and RunStoppedError, which is one of
    those, once the program stops.

    Attributes:
        ticket: the remote id of an earlier attempt, or what this one wrote down since.
        kept: how many pictures an earlier attempt kept; the engine goes on with the seed after them.
        handed_over: how many pictures ``made`` took.
    """

    def __init__(
        self,
        run_id: str,
        *,
        publish: Callable[[Progress], None],
        approve: Callable[[str], object],
        keep_ticket: Callable[[str], None],
        keep_picture: Callable[[MadePicture | Withheld, Mapping[str, Any]], None],
        ticket: str = "",
    ) -> None:
        """Make a job.

        Args:
            run_id: the run.
            publish: shows progress to watchers.
            approve: returns if a piece of the answer may be shown; raises BlockedError or SafetyUnavailableError.
            keep_ticket: writes the id of a remote run to the log before anything waits for it.
            keep_picture: takes a finished picture and its facts; raises SafetyUnavailableError.
            ticket: the remote id of an earlier attempt; look it up and do not create another.
        """
        self.run_id = run_id
        self.ticket = ticket
        self.kept = 0
        self.handed_over = 0
        self._keep_picture = keep_picture
        self._publish = publish
        self._approve = approve
        self._keep_ticket = keep_ticket
        self._stop = threading.Event()
        self._cancelled = False
        self._approved = ""
        self._pending = ""

    def cancel(self) -> None:
        """Ask the run to end as cancelled; it does so at its next report."""
        self._cancelled = True
        self._stop.set()

    def stop(self) -> None:
        """Ask the run to leave its engine because the program stops; it does so at its next report."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled this run."""
        return self._cancelled

    def check(self) -> None:
        """Raise RunCancelledError if the run was cancelled, RunStoppedError if the program stops."""
        if self._cancelled:
            raise RunCancelledError("This run was cancelled.")
        if self._stop.is_set():
            raise RunStoppedError("The program stops; this run waits for its next start.")

    def pause(self, seconds: float) -> None:
        """Sleep, but wake and raise as ``check`` does as soon as there is a reason."""
        self._stop.wait(seconds)
        self.check()

    def step(self, stage: str, step: int = 0, steps: int = 0, preview: bytes | None = None) -> None:
        """Report how far the run is; see Progress for the words."""
        self.check()
        self._publish(Progress(stage=stage, step=step, steps=steps, preview=preview, text=self._approved))

    def made(self, item: MadePicture, facts: Mapping[str, Any]) -> None:
        """Hand over the next picture, in the order of the seeds. It is kept even if the run was cancelled meanwhile.

        Args:
            item: the picture.
            facts: what is known by now of ``Product.facts``; it goes into the file.

        Raises:
            SafetyUnavailableError: a rule could not run; nothing unchecked is kept.
        """
        self._keep_picture(item, facts)
        self.handed_over += 1
        self.check()

    def withheld(self, item: Withheld, facts: Mapping[str, Any]) -> None:
        """Say that the next picture was made and not given; it keeps its place with the reason."""
        self._keep_picture(item, facts)
        self.check()

    def say(self, piece: str) -> None:
        """Add a piece of the answer. Each finished sentence is checked before anyone sees it."""
        self.check()
        self._pending += piece
        *finished, self._pending = self._split()
        for sentence in finished:
            self._show(sentence)

    def end_of_answer(self) -> str:
        """Check what is left of the answer and return all of it."""
        rest, self._pending = self._pending, ""
        if rest.strip():
            self._show(rest)
        return self._approved

    def keep_ticket(self, ticket: str) -> None:
        """Write down the id a remote service gave this run, before waiting for its result."""
        self._keep_ticket(ticket)
        self.ticket = ticket

    def _split(self) -> list[str]:
        cuts = [match.end() for match in _SENTENCE_END.finditer(self._pending)]
        starts = [0, *cuts]
        return [self._pending[start:end] for start, end in zip(starts, [*cuts, len(self._pending)], strict=True)]

    def _show(self, sentence: str) -> None:
        # The rules see the answer so far, not the sentence alone: two harmless halves can make one harmful whole.
        answer = self._approved + sentence
        self._approve(answer)
        self._approved = answer
        self._publish(Progress(stage="answering", text=answer))
