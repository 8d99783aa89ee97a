"""Show: words become pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from core import follow
from core.actions import Action
from core.errors import StudioError
from core.runs import Run
from ui import markup
from ui.desk import Desk, Visit
from ui.links import Links, parcel
from ui.permission import PRIVATE, needs, title
from ui.tabs.show_form import Form
from ui.tabs.show_result import Result
from ui.watching import watch

# On a phone the picture is below the form: bring it into view.
_LOOK = """(...values) => {
  if (innerWidth < 700) document.querySelector('#show-result').scrollIntoView({behavior: 'smooth'});
  return values;
}"""

Updates = dict[Any, Any]


class Show:
    """The tab that makes pictures."""

    id = "show"
    name = "Show"
    action = Action.GENERATE

    def __init__(self, desk: Desk, links: Links) -> None:
        self.desk = desk
        self.links = links
        self.form = Form(desk)
        self.result = Result(desk)

    def build(self) -> None:
        """Add the tab's contents and wire them."""
        with gr.Row(elem_id="show-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="show-form"):
                self.form.build()
            with gr.Column(scale=7, min_width=320, elem_id="show-result"):
                self.result.build()
        self._wire()

    def _wire(self) -> None:
        form, result = self.form, self.result
        followed = {"outputs": [*result.outputs, form.cancel], **PRIVATE}
        gr.on(
            [form.words.prompt.submit, form.make.click],
            self.make,
            inputs_kwargs=form.inputs,
            api_name="show_make",
            js=_LOOK,
            **followed,
        )
        form.cancel.click(self.cancel, [result.run_id], [result.status], api_name="show_cancel", **PRIVATE)
        form.words.examples.click(
            self.use_example, [form.words.examples], [form.words.prompt], api_name="show_example", **PRIVATE
        )
        chosen, parts = form.choice.model, list(form.inputs.values())
        chosen.input(self.fit_model, [chosen], parts, api_name="show_model", **PRIVATE)
        result.vary.click(self.make_variation, [result.run_id], api_name="show_vary", **followed)
        result.again.click(self.make_again, [result.run_id], api_name="show_again", **followed)
        result.pictures.select(
            self.pick, [result.run_id], [result.position, result.download], api_name="show_pick", **PRIVATE
        )
        result.strip.select(self.open_latest, [result.strip_ids], api_name="show_latest", **followed)
        result.ask.click(
            self.send,
            [result.run_id, result.position],
            [self.links.picture, self.links.tabs],
            api_name="show_send",
            **PRIVATE,
        )
        self.links.form.change(
            self.load_form, [self.links.form], list(form.inputs.values()), api_name="show_load_form", **PRIVATE
        )
        self.links.demo.load(self.attach, None, api_name="show_attach", **followed)

    @needs(Action.GENERATE)
    def make(self, visit: Visit, **values: Any) -> Iterator[Updates]:
        """Submit what the form says and show how it goes."""
        yield from self._begin(visit, lambda: self.desk.studio.submit(visit.actor, self.form.request(**values)))

    @needs(Action.GENERATE)
    def make_variation(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        """Make the same again with another seed."""
        yield from self._begin(visit, lambda: follow.vary(self.desk.studio, visit.actor, run_id))

    @needs(Action.GENERATE)
    def make_again(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        """Make the very same again."""
        yield from self._begin(visit, lambda: self.desk.studio.replay(visit.actor, run_id))

    @needs(Action.OPEN_PAGE)
    def attach(self, visit: Visit) -> Iterator[Updates]:
        """Show the run the address names or the one under way, so that a reload loses nothing."""
        yield self.result.latest(visit.actor)
        if not visit.actor.may(self.action):
            return
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
    def use_example(self, _visit: Visit, sample: list[str]) -> str:
        """Put an example into the prompt box."""
        return sample[0]

    @needs(Action.GENERATE)
    def fit_model(self, _visit: Visit, model: str) -> Updates:
        """Offer what the chosen model can do, with its own numbers."""
        return self.form.fits(model)

    @needs(Action.SEE_OWN_RUNS)
    def pick(self, visit: Visit, run_id: str, event: gr.SelectData) -> tuple[int, Any]:
        """Note which picture of several the buttons below are about."""
        run = self.desk.studio.get(visit.actor, run_id)
        return event.index, self.result.downloads(run, event.index)

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
            yield {
                **self.result.at_rest(card, title(error.code)),
                **self.result.latest(visit.actor),
                **self._cancellable(False),
            }
            return
        yield from self._follow(visit, run_id)

    def _follow(self, visit: Visit, run_id: str) -> Iterator[Updates]:
        first = self.result.begin(run_id)
        for update in watch(self.desk.studio, visit.actor, run_id):
            if update.run.status.final:
                latest = self.result.latest(visit.actor)
                yield {**first, **self.result.ended(update.run), **latest, **self._cancellable(False)}
                return
            yield {**first, **self.result.working(update), **self._cancellable(True)}
            first = {}

    def _cancellable(self, now: bool) -> Updates:
        return {self.form.cancel: gr.update(visible=now)}

    def _wanted(self, visit: Visit) -> Run | None:
        named = visit.query.get("run")
        if named:
            run = self.desk.studio.get(visit.actor, str(named))
            return run if run.action == Action.GENERATE else None
        if not visit.actor.may(Action.SEE_OWN_RUNS):
            return None
        active = [run for run in self.desk.library.active(visit.actor.name) if run.action == Action.GENERATE]
        return active[-1] if active else None
