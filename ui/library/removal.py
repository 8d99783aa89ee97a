"""Deleting in the Library: what goes is said before, in the page itself, and nothing goes without a second click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core import deletion
from core.errors import UnknownRunError
from core.runs import Run
from ui.library.record import questions
from ui.parts import markup, sentences
from ui.parts.tab import Updates
from ui.services import Services, Visit

_WORD = "delete"
_FOR_GOOD = "This cannot be undone."
_EVERYTHING = (
    "Delete everything of yours: all pictures, talks, voices and records, and the pictures you brought? "
    f"{_FOR_GOOD} Type the word {_WORD} to confirm."
)
_GONE = "It is deleted already."

# The first thing a keyboard or a screen reader meets is what keeps everything. The browser draws it a moment later.
ASKED = """() => {
  const look = left => {
    const keep = document.querySelector('#library-keep');
    if (keep?.offsetParent) keep.focus();
    else if (left) requestAnimationFrame(() => look(left - 1));
  };
  look(120);
}"""


class Removal:
    """The question whether to delete, and the deleting."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._deletion = services.studio.deletion

    def build(self) -> None:
        """Add the components to the page."""
        # Ids stay on the server between the question and the answer; None means everything.
        self.doomed = gr.State([])
        with gr.Column(visible=False, elem_id="library-removal") as self.panel:
            self.question = gr.HTML("", html_template=_QUESTION, elem_id="library-question")
            self.typed = gr.Textbox(
                "",
                show_label=False,
                label=f"Type {_WORD} to confirm",
                placeholder=_WORD,
                visible=False,
                elem_id="library-typed",
            )
            with gr.Row(elem_classes="next"):
                self.keep = gr.Button("Keep", size="sm", elem_id="library-keep", min_width=96)
                self.confirm = gr.Button("Delete", size="sm", variant="stop", elem_id="library-confirm", min_width=96)

    @property
    def outputs(self) -> list[Any]:
        """Return everything that the updates of this part change."""
        return [self.panel, self.question, self.typed, self.doomed]

    def asks(self, visit: Visit, run_ids: Sequence[str]) -> Updates:
        """Return the updates that ask whether to delete these entries, each named by a run of its own.

        Raises:
            UnknownRunError: none of them is there any more.
            NotPermittedError: one is not for this visitor to delete.
        """
        found = []
        for run_id in dict.fromkeys(run_ids):
            try:
                found.append(self.services.studio.get(visit.actor, run_id))
            except UnknownRunError:
                continue
        if not found:
            raise UnknownRunError(_GONE)
        for run in found:
            self._deletion.require(visit.actor, run)
        return self._panel(self._sentence(visit, found), [run.id for run in found])

    def asks_for_everything(self) -> Updates:
        """Return the updates that ask whether to delete all that this visitor made."""
        return self._panel(_EVERYTHING, None)

    def away(self) -> Updates:
        """Return the updates that take the question away."""
        return {self.panel: gr.update(visible=False), self.question: "", self.typed: "", self.doomed: []}

    def delete(self, visit: Visit, doomed: list[str] | None, typed: str) -> str:
        """Delete what was asked about and return a sentence; an empty one if the confirmation is not the word.

        Raises:
            RunUnderWayError: a run is under way; what stood before it in the list is deleted.
            StorageError: the database refused.
        """
        if doomed is None:
            if typed.strip().lower() != _WORD:
                return ""
            return f"Deleted everything: {_counted(self._deletion.delete_everything(visit.actor), 'run')}."
        gone = 0
        for run_id in doomed:
            try:
                self._deletion.delete_talk(self.services.library, visit.actor, run_id)
                gone += 1
            except UnknownRunError:
                # Another window was quicker.
                continue
        return f"Deleted {_counted(gone, 'entry', 'entries')}." if gone else _GONE

    def _panel(self, question: str, doomed: list[str] | None) -> Updates:
        return {
            self.panel: gr.update(visible=True),
            self.question: question,
            self.typed: gr.update(value="", visible=doomed is None),
            self.doomed: doomed,
        }

    def _sentence(self, visit: Visit, found: Sequence[Run]) -> str:
        others = sorted({run.actor for run in found if run.actor != visit.actor.name})
        whose = f" Made by {', '.join(others)}." if others else ""
        if len(found) > 1:
            what = f"these {len(found)} entries, with their pictures, answers, voices and records"
            return f"Delete {what}?{whose} {_FOR_GOOD}"
        turns = deletion.turns(self.services.library, visit.actor, found[0])
        return f"Delete {_named(found[0], turns)}?{whose} {_FOR_GOOD}"


def _named(run: Run, turns: Sequence[Run]) -> str:
    asked, voices = questions(turns), sum(bool(each.sound) for each in turns if each.id != run.id)
    spoken = f", its {_counted(voices, 'voice')}" if voices else ""
    if len(asked) > 1:
        return f"this talk of {len(asked)} turns{spoken} and its record"
    if len(run.pictures) > 1:
        return f"these {len(run.pictures)} pictures and their record"
    return f"this {sentences.NOUNS.get(run.action, run.action.value)}{spoken} and its record"


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"


_QUESTION = f"<p class='question' role='alert'>{markup.in_template('value')}</p>"
