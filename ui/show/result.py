"""The right side of Show: the stage, the line below it, what people do next, and the latest pictures.

The stage is ``empty``, shows ``words`` (refused, failed, not found), is ``working`` or shows ``pictures``. Each
method that changes it returns the updates of everything that belongs to the state, so no part of another one remains.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Actor
from core.runs import Run
from core.watching import Update
from ui.parts import galleries, markup, sentences, stage
from ui.parts.tab import Updates
from ui.permission import title
from ui.services import Services

_EMPTY = markup.empty("Nothing here yet", "Make your first picture: write what you want to see and press Enter.")


class Result:
    """The components of the result, and the updates they get together."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def build(self) -> None:
        """Add the components to the page. Each has its place from the start, so that nothing jumps."""
        self.run_id, self.position, self.strip_ids = gr.State(""), gr.State(0), gr.State([])
        self.stage = stage.stage("show-stage", "show-pictures", stage.words(_EMPTY, state="empty"))
        with gr.Row(elem_id="show-line"):
            self.status = gr.HTML("", html_template=markup.STATUS, elem_id="show-status")
            self.back = gr.Button(
                "Show the run under way", size="sm", elem_id="show-back", scale=0, min_width=190, visible=False
            )
        with gr.Row(elem_id="show-next", elem_classes="next"):
            self.download = gr.DownloadButton(
                "Download", size="sm", elem_id="show-download", min_width=90, interactive=False
            )
            self.ask, self.vary, self.again = (
                gr.Button(label, size="sm", elem_id=f"show-{name}", min_width=90, interactive=False)
                for label, name in (("Ask about it", "ask"), ("Vary", "vary"), ("Again", "again"))
            )
        self.strip = galleries.strip("Latest", "show-strip", columns=8, visible=False)

    @property
    def outputs(self) -> list[Any]:
        """Return everything a handler may change."""
        shown = [self.stage, self.status, self.back, self.download, self.ask, self.vary, self.again, self.strip]
        return [*shown, self.run_id, self.position, self.strip_ids]

    def working(self, update: Update) -> Updates:
        """Return the updates that show how far a run is, with what is finished of it."""
        run = update.run
        return {
            self.stage: stage.working(self._services, update),
            self.run_id: run.id,
            **self._next(run, stage.first(run)),
            self.vary: gr.update(interactive=False),
            self.again: gr.update(interactive=False),
        }

    def ended(self, run: Run) -> Updates:
        """Return the updates for the end of a run, good or bad; what it finished is shown whatever the end."""
        position = stage.first(run)
        if position is None:
            # What was tried can be tried again.
            again = gr.update(interactive=run.attempt > 0)
            at_rest = self.at_rest(markup.ending(run), title(run.code))
            return {**at_rest, self.run_id: run.id, self.vary: again, self.again: again}
        return {
            self.stage: stage.pictures(self._services, run),
            self.status: sentences.ended(run),
            self.run_id: run.id,
            **self._next(run, position),
            self.vary: gr.update(interactive=True),
            self.again: gr.update(interactive=True),
        }

    def at_rest(self, card: str, line: str) -> Updates:
        """Return the updates that put words in the place of the picture."""
        buttons = (self.download, self.ask, self.vary, self.again)
        return {
            self.stage: stage.words(card),
            self.status: line,
            self.run_id: "",
            self.position: 0,
            **dict.fromkeys(buttons, gr.update(interactive=False)),
        }

    def latest(self, actor: Actor) -> Updates:
        """Return the updates of the latest pictures."""
        ids, items = galleries.latest(self._services, actor)
        return {self.strip: gr.update(value=items, visible=bool(items), selected_index=None), self.strip_ids: ids}

    def _next(self, run: Run, position: int | None) -> Updates:
        """Return the updates of what can be done with one picture."""
        off = gr.update(interactive=False)
        download = off if position is None else stage.download(self._services, run, position)
        ask = gr.update(interactive=position is not None)
        return {self.position: position or 0, self.download: download, self.ask: ask}
