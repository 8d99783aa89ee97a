"""Follows the runs of one window: which one is on the stage, what else waits, and when the reader is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gradio as gr

from core.actions import Action
from core.errors import InvalidRequestError, LimitReachedError, QueueFullError, StudioError
from core.watching import Update
from ui.parts import galleries, markup, sentences
from ui.parts.tab import Updates
from ui.parts.watching import Line, Told, named_run, under_way, watch
from ui.permission import title
from ui.services import Services, Visit
from ui.show.form import MAKE, Form
from ui.show.result import Result

# What the page calls itself where runs say where they come from.
SOURCE = "page"


class Following:
    """Turns the runs of a ``Line`` into updates of the result and of the buttons that send and stop."""

    def __init__(self, services: Services, form: Form, result: Result) -> None:
        self._services = services
        self._form = form
        self._result = result

    def opened(self, visit: Visit, line: Line) -> Updates:
        """Let the line wait for what is under way, and return the updates of a stage that shows something else."""
        line.join(self._wanted(visit))
        try:
            named = named_run(visit, self._services)
        except StudioError as error:
            line.elsewhere = True
            return self._result.at_rest(markup.refusal(error.code, str(error)), title(error.code))
        if named is not None and named.action == Action.GENERATE and named.status.final:
            line.elsewhere = True
            return self._result.ended(named)
        newest = galleries.newest(self._services, visit.actor)
        return self._result.ended(newest) if newest and not line.waiting else {}

    def begin(
        self, visit: Visit, line: Line | None, submit: Callable[[], str], *, form: bool = False
    ) -> Iterator[Updates]:
        """Submit a request, which returns the id of its run, and follow; or tell the refusal.

        ``form`` says that what is asked for stands in the form, where its problems are told.
        """
        line = line or Line()
        try:
            run_id = submit()
        except StudioError as error:
            if form and isinstance(error, InvalidRequestError):
                yield self._form.problems.at(error)
                return
            if line.waiting or isinstance(error, InvalidRequestError | LimitReachedError | QueueFullError):
                # What is on show keeps its place.
                yield {self._result.status: f"{title(error.code)}: {error}"}
                return
            card = markup.refusal(error.code, str(error), getattr(error, "findings", ()))
            at_rest = self._result.at_rest(card, title(error.code))
            yield {**at_rest, **self._result.latest(visit.actor), **self.busy(line)}
            return
        line.join([run_id])
        line.elsewhere = False
        yield from self.follow(visit, line)

    def follow(self, visit: Visit, line: Line) -> Iterator[Updates]:
        """Show the runs of the line one after the other, until there is none left or a newer event took over."""
        turn, told = line.take(), Told()
        first = True
        while line.waiting:
            run_id = line.waiting[0]
            try:
                for update in watch(self._services.studio, visit.actor, run_id):
                    if update.run.status.final:
                        line.leave(run_id)
                    # The first update always goes out: an event that shows nothing empties its outputs.
                    if not first and not line.holds(turn):
                        return
                    yield self._step(visit, update, line, told)
                    first = False
            except StudioError:
                line.leave(run_id)
                raise
            if not line.holds(turn):
                return

    def _step(self, visit: Visit, update: Update, line: Line, told: Told) -> Updates:
        """Return the updates of one look at the run under way."""
        ended = self._result.latest(visit.actor) if update.run.status.final else {}
        if line.elsewhere:
            return {**ended, **self.busy(line)}
        shown = self.shown(update)
        words = sentences.line(update)
        if not update.run.status.final and told.new(words):
            shown[self._result.status] = words
        return {**shown, **ended, **self.busy(line)}

    def shown(self, update: Update) -> Updates:
        """Return the updates that put a run on the stage, whatever its state."""
        if update.run.status.final:
            return self._result.ended(update.run)
        return self._result.working(update)

    def busy(self, line: Line) -> Updates:
        """Return the updates that say whether the next one is made at once, and what can be stopped or looked at."""
        number = len(line.waiting)
        label = f"Add to queue ({number + 1})" if number else MAKE
        return {
            self._form.stop: gr.update(visible=number > 0),
            self._form.make: gr.update(value=label),
            self._result.back: gr.update(visible=number > 0 and line.elsewhere),
        }

    def _wanted(self, visit: Visit) -> list[str]:
        """Return the ids of the runs under way that this window waits for."""
        if not visit.actor.may(Action.GENERATE):
            return []
        runs = [run for run in under_way(visit, self._services) if run.action == Action.GENERATE]
        # A script may have sent hundreds: of those the newest stands for all.
        return [run.id for run in runs if run.source == SOURCE] or [run.id for run in runs[-1:]]
