"""Show: words become pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from core import record
from core.actions import Action
from core.errors import StudioError
from core.requests import RANDOM_SEED, GenerateRequest
from core.runs import Run, Status
from ui import filmstrip, markup, sentences
from ui.desk import Desk, Visit
from ui.links import Links, parcel
from ui.permission import PRIVATE, needs
from ui.tabs.show_form import Form
from ui.watching import watch

_EMPTY = markup.empty("Nothing here yet", "Make your first picture: write what you want to see and press Enter.")

Updates = dict[Any, Any]


class Show:
    """The tab that makes pictures."""

    id = "show"
    title = "Show"
    action = Action.GENERATE

    def __init__(self, desk: Desk, links: Links) -> None:
        self.desk = desk
        self.links = links
        self.form = Form(desk)

    def build(self) -> None:
        """Add the tab's contents and wire them."""
        self.run_id = gr.State("")
        self.position = gr.State(0)
        self.strip_ids = gr.State([])
        with gr.Row(elem_id="show-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="show-form"):
                self.form.build()
            with gr.Column(scale=7, min_width=320, elem_id="show-result"):
                self._build_result()
        self._wire()

    def _build_result(self) -> None:
        self.stage = gr.HTML(_EMPTY, elem_id="show-stage")
        self.pictures = gr.Gallery(
            visible=False,
            show_label=False,
            interactive=False,
            preview=True,
            object_fit="contain",
            height="auto",
            buttons=["fullscreen"],
            elem_id="show-pictures",
        )
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="show-status")
        with gr.Row(visible=False, elem_id="show-next", elem_classes="next") as self.next:
            self.download = gr.DownloadButton("Download", size="sm", elem_id="show-download", min_width=90)
            self.ask = gr.Button("Ask about it", size="sm", elem_id="show-ask", min_width=90)
            self.vary = gr.Button("Vary", size="sm", elem_id="show-vary", min_width=90)
            self.again = gr.Button("Again", size="sm", elem_id="show-again", min_width=90)
        self.strip = gr.Gallery(
            visible=False,
            label="Latest",
            interactive=False,
            allow_preview=False,
            columns=8,
            object_fit="cover",
            height="auto",
            buttons=[],
            elem_id="show-strip",
            elem_classes="strip",
        )

    def _wire(self) -> None:
        form = self.form
        followed = {"outputs": self._outputs(), **PRIVATE}
        gr.on(
            [form.prompt.submit, form.make.click],
            self.make,
            inputs_kwargs=form.inputs,
            api_name="show_make",
            **followed,
        )
        form.cancel.click(self.cancel, [self.run_id], [self.status], api_name="show_cancel", **PRIVATE)
        form.examples.click(self.use_example, [form.examples], [form.prompt], api_name="show_example", **PRIVATE)
        form.model.input(self.fit_styles, [form.model], [form.style], api_name="show_styles", **PRIVATE)
        self.vary.click(self.make_variation, [self.run_id], api_name="show_vary", **followed)
        self.again.click(self.make_again, [self.run_id], api_name="show_again", **followed)
        self.pictures.select(self.pick, [self.run_id], [self.position, self.download], api_name="show_pick", **PRIVATE)
        self.strip.select(self.open_latest, [self.strip_ids], api_name="show_latest", **followed)
        self.ask.click(
            self.send,
            [self.run_id, self.position],
            [self.links.picture, self.links.tabs],
            api_name="show_send",
            **PRIVATE,
        )
        self.links.form.change(
            self.load_form, [self.links.form], list(form.inputs.values()), api_name="show_load_form", **PRIVATE
        )
        self.links.demo.load(self.attach, None, api_name="show_attach", **followed)

    def _outputs(self) -> list[Any]:
        shown = [self.stage, self.pictures, self.status, self.next, self.download, self.strip, self.form.cancel]
        return [*shown, self.run_id, self.position, self.strip_ids]

    @needs(Action.GENERATE)
    def make(self, visit: Visit, **values: Any) -> Iterator[Updates]:
        """Submit what the form says and show how it goes."""
        yield from self._begin(visit, lambda: self.desk.studio.submit(visit.actor, self.form.request(**values)))

    @needs(Action.GENERATE)
    def make_variation(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        """Make the same again with another seed."""

        def submit() -> str:
            run = self.desk.studio.get(visit.actor, run_id)
            request = record.from_json(run.action, run.request, self.desk.pictures.load)
            if isinstance(request, GenerateRequest):
                request = replace(request, seed=RANDOM_SEED)
            return self.desk.studio.submit(visit.actor, request, parent=run.id)

        yield from self._begin(visit, submit)

    @needs(Action.GENERATE)
    def make_again(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        """Make the very same again."""
        yield from self._begin(visit, lambda: self.desk.studio.replay(visit.actor, run_id))

    @needs(Action.GENERATE)
    def attach(self, visit: Visit) -> Iterator[Updates]:
        """Show the run the address names or the one under way, so that a reload loses nothing."""
        yield self._latest(visit)
        run = self._wanted(visit)
        if run is not None:
            yield from self._follow(visit, run.id)

    @needs(Action.SEE_OWN_RUNS)
    def open_latest(self, visit: Visit, ids: list[str], event: gr.SelectData) -> Iterator[Updates]:
        """Show one of the latest runs again."""
        yield from self._follow(visit, ids[event.index])

    @needs(Action.GENERATE)
    def cancel(self, visit: Visit, run_id: str) -> str:
        """Stop the run on show."""
        self.desk.studio.cancel(visit.actor, run_id)
        return "Cancelling"

    @needs(Action.GENERATE)
    def use_example(self, visit: Visit, sample: list[str]) -> str:  # noqa: ARG002 - every handler gets the visit
        """Put an example into the prompt box."""
        return sample[0]

    @needs(Action.GENERATE)
    def fit_styles(self, visit: Visit, model: str) -> Any:  # noqa: ARG002 - every handler gets the visit
        """Offer the styles the chosen model knows."""
        return gr.update(choices=self.form.styles(model), value="none")

    @needs(Action.SEE_OWN_RUNS)
    def pick(self, visit: Visit, run_id: str, event: gr.SelectData) -> tuple[int, Any]:
        """Note which picture of several the buttons below are about."""
        run = self.desk.studio.get(visit.actor, run_id)
        return event.index, self._download(run, event.index)

    @needs(Action.ASK)
    def send(self, visit: Visit, run_id: str, position: int) -> tuple[Any, Any]:
        """Hand the picture to Tell."""
        picture = self.desk.studio.get(visit.actor, run_id).pictures[position]
        return parcel(picture.sha256), gr.Tabs(selected="tell")

    @needs(Action.SEE_OWN_RUNS)
    def load_form(self, visit: Visit, sent: tuple[str, int]) -> Updates:
        """Put the request of a run into the form."""
        return self.form.load(self.desk.studio.get(visit.actor, sent[0]))

    def _begin(self, visit: Visit, submit: Any) -> Iterator[Updates]:
        try:
            run_id = submit()
        except StudioError as error:
            findings = getattr(error, "findings", ())
            card = markup.refusal(error.code, str(error), findings)
            yield {**self._at_rest(card, str(error)), **self._latest(visit)}
            return
        yield from self._follow(visit, run_id)

    def _follow(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        first = {
            self.run_id: run_id,
            self.position: 0,
            self.pictures: gr.update(visible=False),
            self.next: gr.update(visible=False),
        }
        for update in watch(self.desk.studio, visit.actor, run_id):
            if update.run.status.final:
                yield {**first, **self._ended(update.run), **self._latest(visit)}
                return
            yield {
                **first,
                self.stage: gr.update(value=markup.working(update), visible=True),
                self.status: sentences.line(update),
                self.form.cancel: gr.update(visible=True),
            }
            first = {}

    def _ended(self, run: Run) -> Updates:
        if run.status is not Status.DONE:
            return self._at_rest(markup.ending(run), sentences.ended(run))
        return {
            self.stage: gr.update(visible=False),
            self.pictures: gr.update(
                value=filmstrip.pictures(self.desk, run), selected_index=0, visible=True, preview=True
            ),
            self.status: sentences.ended(run),
            self.next: gr.update(visible=True),
            self.download: self._download(run, 0),
            self.form.cancel: gr.update(visible=False),
        }

    def _at_rest(self, card: str, line: str) -> Updates:
        return {
            self.stage: gr.update(value=card, visible=True),
            self.pictures: gr.update(visible=False),
            self.status: line,
            self.next: gr.update(visible=False),
            self.form.cancel: gr.update(visible=False),
        }

    def _latest(self, visit: Visit) -> Updates:
        ids, items = filmstrip.latest(self.desk, visit.actor)
        return {self.strip: gr.update(value=items, visible=bool(items), selected_index=None), self.strip_ids: ids}

    def _download(self, run: Run, position: int) -> Any:
        picture = run.pictures[position]
        if picture.blocked:
            return gr.update(value=None, interactive=False)
        return gr.update(value=str(self.desk.pictures.path(picture.sha256)), interactive=True)

    def _wanted(self, visit: Visit) -> Run | None:
        named = visit.query.get("run")
        if named:
            run = self.desk.studio.get(visit.actor, str(named))
            return run if run.action is Action.GENERATE else None
        if not visit.actor.may(Action.SEE_OWN_RUNS):
            return None
        active = [run for run in self.desk.library.active(visit.actor.name) if run.action is Action.GENERATE]
        return active[-1] if active else None
