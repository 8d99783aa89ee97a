"""The right side of Show: the picture, what happens to it, and what people do next."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Actor
from core.runs import Run, Status
from core.watching import Update
from ui.parts import galleries, markup, named, sentences
from ui.parts.tab import Updates
from ui.permission import title
from ui.services import Services

_EMPTY = markup.empty("Nothing here yet", "Make your first picture: write what you want to see and press Enter.")


class Result:
    """The components of the result, and the updates they get together."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def build(self) -> None:
        """Add the components to the page."""
        self.run_id, self.position, self.strip_ids = gr.State(""), gr.State(0), gr.State([])
        self.stage = gr.HTML(_EMPTY, elem_id="show-stage")
        self.pictures = galleries.large("show-pictures", ["fullscreen"])
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="show-status")
        with gr.Row(visible=False, elem_id="show-next", elem_classes="next") as self.next:
            self.download = gr.DownloadButton("Download", size="sm", elem_id="show-download", min_width=90)
            self.ask = gr.Button("Ask about it", size="sm", elem_id="show-ask", min_width=90)
            self.vary = gr.Button("Vary", size="sm", elem_id="show-vary", min_width=90)
            self.again = gr.Button("Again", size="sm", elem_id="show-again", min_width=90)
        self.strip = galleries.strip("Latest", "show-strip", columns=8, visible=False)

    @property
    def outputs(self) -> list[Any]:
        """Return everything a handler may change."""
        shown = [self.stage, self.pictures, self.status, self.next, self.download, self.strip]
        return [*shown, self.run_id, self.position, self.strip_ids]

    def begin(self, run_id: str) -> Updates:
        """Return the updates that make room for a run."""
        hidden = gr.update(visible=False)
        return {self.run_id: run_id, self.position: 0, self.pictures: hidden, self.next: gr.update(visible=False)}

    def working(self, update: Update) -> Updates:
        """Return the updates that show how far a run is."""
        return {
            self.stage: gr.update(value=markup.working(update), visible=True),
            self.status: sentences.line(update),
        }

    def ended(self, run: Run) -> Updates:
        """Return the updates for the end of a run, good or bad."""
        if run.status is not Status.DONE:
            return self.at_rest(markup.ending(run), title(run.code))
        items = galleries.pictures(self._services, run)
        return {
            self.stage: gr.update(visible=False),
            self.pictures: gr.update(value=items, selected_index=0, visible=True, preview=True),
            self.status: sentences.ended(run),
            self.next: gr.update(visible=True),
            self.download: self.downloads(run, 0),
        }

    def at_rest(self, card: str, line: str) -> Updates:
        """Return the updates that put words in the place of the picture."""
        return {
            self.stage: gr.update(value=card, visible=True),
            self.pictures: gr.update(visible=False),
            self.status: line,
            self.next: gr.update(visible=False),
        }

    def latest(self, actor: Actor) -> Updates:
        """Return the updates of the galleries."""
        ids, items = galleries.latest(self._services, actor)
        return {self.strip: gr.update(value=items, visible=bool(items), selected_index=None), self.strip_ids: ids}

    def downloads(self, run: Run, position: int) -> Any:
        """Return the update that lets people download one picture: the kept file, byte for byte."""
        picture = run.pictures[position]
        if picture.blocked:
            return gr.update(value=None, interactive=False)
        return gr.update(value=str(named.picture(self._services, run, picture)), interactive=True)
