"""What one window of Tell has in front of it: a picture, the turns of a talk, the answer it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Window:
    """Lives in the session of the window, shared by all its events.

    Attributes:
        sha256: of the picture; empty if there is none.
        talk: id of the talk, see ``core.runs.Run.talk``; None before its first question.
        turns: ids of the answered runs, oldest first.
        waiting: id of the run whose answer is on its way.
        unspoken: id of a run whose answer waits for its voice.
        unanswered: a question that came to nothing, on its way back into the box.
        why: the sentence that says why.
        busy: a question is being asked or answered.
    """

    sha256: str = ""
    talk: str | None = None
    turns: list[str] = field(default_factory=list)
    waiting: str = ""
    unspoken: str = ""
    unanswered: str = ""
    why: str = ""
    busy: bool = False
    _generation: int = 0

    def show(self, sha256: str, talk: str | None = None, turns: Iterable[str] = ()) -> None:
        """Turn to another picture or talk; whatever showed the one before stops."""
        self.sha256, self.talk, self.turns = sha256, talk, list(turns)
        self.waiting = self.unspoken = self.unanswered = self.why = ""
        self.busy = False
        self._generation += 1

    def take(self) -> int:
        """Begin to ask; return what ``holds`` takes."""
        self.busy, self.unspoken, self.unanswered, self.why = True, "", "", ""
        return self._generation

    def holds(self, taken: int) -> bool:
        """Tell whether the window still shows the picture and talk of that time."""
        return taken == self._generation

    def release(self, taken: int) -> None:
        """End what ``take`` began."""
        if self.holds(taken):
            self.busy, self.waiting = False, ""
