"""Show: words become pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from core import follow
from core.actions import Action
from ui.parts import galleries, sentences, stage
from ui.parts.links import Links, message
from ui.parts.problems import as_typed
from ui.parts.tab import Tab, Updates
from ui.parts.watching import Line
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit
from ui.show.following import Following
from ui.show.form import Form
from ui.show.result import Result

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
        self.following = Following(services, self.form, self.result)

    def build(self) -> None:
        """See ``Tab.build``."""
        with gr.Row(elem_id="show-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="show-form"):
                self.form.build(self.links.demo)
            with gr.Column(scale=7, min_width=320, elem_id="show-result"):
                self.result.build()
        self._wire()

    def _wire(self) -> None:
        form, result = self.form, self.result
        self.line = gr.State(Line())
        # The next one is not dropped while one is under way: it joins the queue.
        shown = [*result.outputs, form.stop, form.make, form.problems.place]
        followed = {"outputs": shown, "trigger_mode": "multiple", **PRIVATE}
        gr.on(
            [form.words.prompt.submit, form.make.click],
            self.make,
            inputs_kwargs={**form.inputs, "line": self.line},
            api_name="show_make",
            js=as_typed(list(form.inputs.values()), then=_LOOK),
            **followed,
        )
        form.stop.click(self.stop, [self.line], [result.status], api_name="show_stop", **PRIVATE)
        result.back.click(self.go_back, [self.line], api_name="show_back", **followed)
        form.words.examples.click(
            self.use_example, [form.words.examples], [form.words.prompt], api_name="show_example", **PRIVATE
        )
        chosen = form.choice.model
        chosen.input(self.fit_model, [chosen], form.outputs, api_name="show_model", **PRIVATE)
        result.vary.click(self.make_variation, [result.run_id, self.line], api_name="show_vary", **followed)
        result.again.click(self.make_again, [result.run_id, self.line], api_name="show_again", **followed)
        result.stage.select(
            self.pick, [result.run_id], [result.position, result.download], api_name="show_pick", **PRIVATE
        )
        result.strip.select(self.open_latest, [result.strip_ids, self.line], api_name="show_latest", **followed)
        result.ask.click(
            self.send,
            [result.run_id, result.position],
            [self.links.picture, self.links.tabs],
            api_name="show_send",
            **PRIVATE,
        )
        loaded = self.links.form.change(
            self.load_form,
            [self.links.form, self.line],
            [*form.outputs, *shown],
            api_name="show_load_form",
            **PRIVATE,
        )
        loaded.success(None, form.kept.parts, None, js=form.kept.keep)
        self.links.demo.load(self.attach, [self.line], api_name="show_attach", **followed)

    @needs(Action.GENERATE)
    def make(self, visit: Visit, line: Line | None = None, **values: Any) -> Iterator[Updates]:
        """Submit what the form says and show how it goes."""
        yield from self.following.begin(
            visit, line, lambda: self.services.studio.submit(visit.actor, self.form.request(**values)), form=True
        )

    @needs(Action.GENERATE)
    def make_variation(self, visit: Visit, run_id: str, line: Line | None = None) -> Iterator[Updates]:
        """Make the same again with another seed."""
        yield from self.following.begin(visit, line, lambda: follow.vary(self.services.studio, visit.actor, run_id))

    @needs(Action.GENERATE)
    def make_again(self, visit: Visit, run_id: str, line: Line | None = None) -> Iterator[Updates]:
        """Make the very same again."""
        yield from self.following.begin(visit, line, lambda: self.services.studio.replay(visit.actor, run_id))

    @needs(Action.OPEN_PAGE)
    def attach(self, visit: Visit, line: Line | None = None) -> Iterator[Updates]:
        """Show the run the address names, else those under way, else the newest picture: no visit begins with less."""
        line = line or Line()
        shown = {**self.result.latest(visit.actor), **self.following.opened(visit, line)}
        yield {**shown, **self.following.busy(line)}
        if line.waiting:
            yield from self.following.follow(visit, line)

    @needs(Action.SEE_OWN_RUNS)
    def open_latest(self, visit: Visit, ids: list[str], event: gr.SelectData, line: Line | None = None) -> Updates:
        """Show one of the latest runs again; the run under way goes on without the stage."""
        line = line or Line()
        line.elsewhere = True
        run = self.services.studio.get(visit.actor, galleries.chosen(ids, event.index))
        return {**self.result.ended(run), **self.result.latest(visit.actor), **self.following.busy(line)}

    @needs(Action.SEE_OWN_RUNS)
    def go_back(self, visit: Visit, line: Line | None = None) -> Updates:
        """Show the run under way again."""
        line = line or Line()
        line.elsewhere = False
        if not line.waiting:
            return self.following.busy(line)
        update = self.services.studio.look(visit.actor, line.waiting[0])
        return {**self.following.shown(update), self.result.status: sentences.line(update), **self.following.busy(line)}

    @needs(Action.GENERATE)
    def stop(self, visit: Visit, line: Line | None = None) -> str:
        """Stop the run under way; what it has finished is kept."""
        if line and line.waiting:
            self.services.studio.cancel(visit.actor, line.waiting[0])
        return "Stopping"

    @needs(Action.GENERATE)
    def use_example(self, _visit: Visit, sample: list[str]) -> str:
        """Put an example into the prompt box."""
        return sample[0]

    @needs(Action.GENERATE)
    def fit_model(self, visit: Visit, model: str) -> Updates:
        """Offer what the chosen model can do, with its own numbers."""
        return self.form.fits(model, visit.actor)

    @needs(Action.SEE_OWN_RUNS)
    def pick(self, visit: Visit, run_id: str, event: gr.SelectData) -> tuple[int, Any]:
        """Note which picture of several the buttons below are about."""
        run = self.services.studio.get(visit.actor, run_id)
        position = run.pictures.index(galleries.chosen(run.pictures, event.index))
        return position, stage.download(self.services, run, position)

    @needs(Action.ASK)
    def send(self, visit: Visit, run_id: str, position: int) -> tuple[Any, Any]:
        """Hand the picture to Tell."""
        picture = galleries.chosen(self.services.studio.get(visit.actor, run_id).pictures, position)
        return message(picture.sha256), gr.Tabs(selected="tell")

    @needs(Action.SEE_OWN_RUNS)
    def load_form(self, visit: Visit, sent: tuple[str, int], line: Line | None = None) -> Updates:
        """Put the request of a run into the form, and show what became of it."""
        run = self.services.studio.get(visit.actor, sent[0])
        filled = self.form.load(run, visit.actor)
        if not run.status.final:
            return filled
        line = line or Line()
        line.elsewhere = True
        return {**filled, **self.result.ended(run), **self.following.busy(line)}
