"""Show: words become pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from core import follow
from core.actions import Action
from core.errors import StudioError
from core.watching import Update
from ui.parts import markup
from ui.parts.links import Links, message
from ui.parts.tab import Tab, Updates
from ui.parts.watching import Line, wanted, watch
from ui.permission import PRIVATE, needs, title
from ui.services import Services, Visit
from ui.show.form import MAKE, Form
from ui.show.result import Result

# What the page calls itself where runs say where they come from.
SOURCE = "page"

# On a phone the picture is below the form: bring it into view.
_LOOK = """(...values) => {
  if (innerWidth < 700) document.querySelector('#show-result').scrollIntoView();
  return values;
}"""


class Show(Tab):
    """The tab that makes pictures."""

    id = "show"
    name = "Show"
    action = Action.GENERATE

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None
        self.form = Form(services)
        self.result = Result(services)

    def build(self) -> None:
        """See ``Tab.build``."""
        with gr.Row(elem_id="show-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="show-form"):
                self.form.build()
            with gr.Column(scale=7, min_width=320, elem_id="show-result"):
                self.result.build()
        self._wire()

    def _wire(self) -> None:
        form, result = self.form, self.result
        self.line = gr.State(Line())
        # The next one is not dropped while one is under way: it joins the queue.
        followed = {"outputs": [*result.outputs, form.cancel, form.make], "trigger_mode": "multiple", **PRIVATE}
        gr.on(
            [form.words.prompt.submit, form.make.click],
            self.make,
            inputs_kwargs={**form.inputs, "line": self.line},
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
        result.vary.click(self.make_variation, [result.run_id, self.line], api_name="show_vary", **followed)
        result.again.click(self.make_again, [result.run_id, self.line], api_name="show_again", **followed)
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
        self.links.demo.load(self.attach, [self.line], api_name="show_attach", **followed)

    @needs(Action.GENERATE)
    def make(self, visit: Visit, line: Line | None = None, **values: Any) -> Iterator[Updates]:
        """Submit what the form says and show how it goes."""
        yield from self._begin(
            visit, line, lambda: self.services.studio.submit(visit.actor, self.form.request(**values))
        )

    @needs(Action.GENERATE)
    def make_variation(self, visit: Visit, run_id: str, line: Line | None = None) -> Iterator[Updates]:
        """Make the same again with another seed."""
        yield from self._begin(visit, line, lambda: follow.vary(self.services.studio, visit.actor, run_id))

    @needs(Action.GENERATE)
    def make_again(self, visit: Visit, run_id: str, line: Line | None = None) -> Iterator[Updates]:
        """Make the very same again."""
        yield from self._begin(visit, line, lambda: self.services.studio.replay(visit.actor, run_id))

    @needs(Action.OPEN_PAGE)
    def attach(self, visit: Visit, line: Line | None = None) -> Iterator[Updates]:
        """Show the run the address names or those under way, so that a reload loses nothing."""
        yield self.result.latest(visit.actor)
        if not visit.actor.may(self.action):
            return
        line = line or Line()
        line.join(self._wanted(visit))
        if line.waiting:
            yield from self._follow(visit, line)

    @needs(Action.SEE_OWN_RUNS)
    def open_latest(self, visit: Visit, ids: list[str], event: gr.SelectData) -> Iterator[Updates]:
        """Show one of the latest runs again."""
        run = self.services.studio.get(visit.actor, ids[event.index])
        yield {**self.result.begin(run.id), **self.result.ended(run), **self.result.latest(visit.actor)}

    @needs(Action.GENERATE)
    def cancel(self, visit: Visit, run_id: str) -> str:
        """Stop the run on show."""
        self.services.studio.cancel(visit.actor, run_id)
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
        run = self.services.studio.get(visit.actor, run_id)
        return event.index, self.result.downloads(run, event.index)

    @needs(Action.ASK)
    def send(self, visit: Visit, run_id: str, position: int) -> tuple[Any, Any]:
        """Hand the picture to Tell."""
        picture = self.services.studio.get(visit.actor, run_id).pictures[position]
        return message(picture.sha256), gr.Tabs(selected="tell")

    @needs(Action.SEE_OWN_RUNS)
    def load_form(self, visit: Visit, sent: tuple[str, int]) -> Updates:
        """Put the request of a run into the form."""
        return self.form.load(self.services.studio.get(visit.actor, sent[0]))

    def _begin(self, visit: Visit, line: Line | None, submit: Callable[[], str]) -> Iterator[Updates]:
        line = line or Line()
        try:
            run_id = submit()
        except StudioError as error:
            if line.waiting:
                # The run under way keeps its place.
                yield {self.result.status: f"{title(error.code)}: {error}"}
                return
            card = markup.refusal(error.code, str(error), getattr(error, "findings", ()))
            at_rest = self.result.at_rest(card, title(error.code))
            yield {**at_rest, **self.result.latest(visit.actor), **self._busy(line)}
            return
        line.join([run_id])
        yield from self._follow(visit, line)

    def _follow(self, visit: Visit, line: Line) -> Iterator[Updates]:
        """Show the runs of the line one after the other, until there is none left or a newer event took over."""
        turn = line.take()
        while line.waiting:
            run_id = line.waiting[0]
            first = self.result.begin(run_id)
            try:
                for update in watch(self.services.studio, visit.actor, run_id):
                    if update.run.status.final:
                        line.leave(run_id)
                    # The first update always goes out: an event that shows nothing empties its outputs.
                    if not first and not line.holds(turn):
                        return
                    yield {**first, **self._shown(visit, update, line)}
                    first = {}
            except StudioError:
                line.leave(run_id)
                raise
            if not line.holds(turn):
                return

    def _shown(self, visit: Visit, update: Update, line: Line) -> Updates:
        if update.run.status.final:
            return {**self.result.ended(update.run), **self.result.latest(visit.actor), **self._busy(line)}
        return {**self.result.working(update), **self._busy(line)}

    def _busy(self, line: Line) -> Updates:
        """Return the updates that say whether the next one is made at once, and what can be cancelled."""
        number = len(line.waiting)
        label = f"Add to queue ({number + 1})" if number else MAKE
        return {self.form.cancel: gr.update(visible=number > 0), self.form.make: gr.update(value=label)}

    def _wanted(self, visit: Visit) -> list[str]:
        runs = wanted(visit, self.services, {Action.GENERATE})
        # A script may have sent hundreds: of those the newest stands for all.
        return [run.id for run in runs if run.source == SOURCE] or [run.id for run in runs[-1:]]
