"""Tell: questions about a picture, answered and spoken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.actions import Action
from core.errors import UnknownRunError
from core.run_ids import new_run_id
from core.runs import Run
from ui.parts.browser import KeptForm, Remembered
from ui.parts.links import Links
from ui.parts.tab import Tab, Updates
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit
from ui.tell import conversation, opening, voices
from ui.tell.answering import Answering
from ui.tell.bringing import Bringing
from ui.tell.layout import LOOK, Layout
from ui.tell.window import Window

_GONE = "The picture of this talk is not kept any more. Add it again to go on."


class Tell(Tab):
    """The tab that answers questions."""

    id = "tell"
    name = "Tell"
    action = Action.ASK

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None
        self.layout = Layout(services)
        self.bringing = Bringing(services, self.layout)
        self.answering = Answering(services, self.layout)

    def build(self) -> None:
        """See ``Tab.build``."""
        self.layout.build()
        self._wire()

    def _wire(self) -> None:
        on, links = self.layout, self.links
        everything = {"outputs": on.outputs, **PRIVATE}
        values = {"question": on.question, "voice": on.voice, "held": on.held, "left": on.left}
        kept = KeptForm(self.services, "tell", values, self.fill)
        opened = kept.wire(links.demo)
        self.answering.wire()
        went_on = links.talk.change(self.go_on, [links.talk, on.window], js=LOOK, api_name="tell_go_on", **everything)
        attached = opened.then(self.attach, [on.window, on.held, on.left], api_name="tell_attach", **everything)
        cleared = on.chat.clear(self.restart, [on.window], api_name="tell_restart", **everything)
        for event, name in ((went_on, "tell_give_back_there"), (attached, "tell_give_back_later")):
            self.answering.give_back_after(event, name)
        changing = (*self.bringing.wire(links.picture), went_on, attached, cleared)
        for event in changing:
            # Fields that are not on the page report no change.
            event.then(None, kept.parts, None, js=kept.keep)
        on.suggestions.click(self.suggest, [on.suggestions], [on.question], api_name="tell_suggest", **PRIVATE)

    def fill(self, _visit: Visit, kept: Remembered) -> Updates:
        """Return what comes back into the fields when the page is opened."""
        on = self.layout
        fields = {"question": on.question, "held": on.held, "left": on.left, "voice": on.voice}
        offered = [value for _, value in voices.offered(self.services).choices]
        return {
            fields[name]: value
            for name, value in kept.values.items()
            if isinstance(value, str) and (name != "voice" or value in offered)
        }

    @needs(Action.ASK)
    def restart(self, _visit: Visit, window: Window) -> Updates:
        """Begin another talk about the same picture."""
        window.show(window.sha256)
        return {**self.layout.fresh(window.sha256, "The talk starts afresh."), self.layout.left: new_run_id()}

    @needs(Action.ASK)
    def suggest(self, _visit: Visit, sample: list[str]) -> str:
        """Put a suggested question into the box."""
        return sample[0]

    @needs(Action.ASK)
    def go_on(self, visit: Visit, sent: tuple[str, int], window: Window) -> Iterator[Updates]:
        """Open the talk of a run another tab sent; going on with somebody else's makes runs of one's own."""
        runs = conversation.named(self.services, visit.actor, sent[0])
        opening.turn_to(self.services, window, runs)
        yield from self._opened(visit, window, runs)

    @needs(Action.OPEN_PAGE)
    def attach(self, visit: Visit, window: Window, held: str, left: str) -> Iterator[Updates]:
        """Show the talk the address names or the newest one, with the answer under way, so that nothing is lost."""
        runs: Sequence[Run] = ()
        if visit.actor.may(self.action):
            runs = self._named(visit, window) or opening.recall(self.services, visit.actor, window, held, left)
        if not runs and not window.sha256:
            # A generator that yields nothing would empty every output.
            yield {self.layout.status: ""}
            return
        yield from self._opened(visit, window, runs)

    def _named(self, visit: Visit, window: Window) -> list[Run]:
        run_id = visit.query.get("run")
        if not run_id:
            return []
        try:
            run = self.services.studio.get(visit.actor, str(run_id))
        except UnknownRunError:
            return []  # The tab in front says so.
        runs = conversation.of(self.services, visit.actor, run.talk)
        if runs:
            opening.turn_to(self.services, window, runs)
        return runs

    def _opened(self, visit: Visit, window: Window, runs: Sequence[Run]) -> Iterator[Updates]:
        """Show what the window was turned to, and the answers under way one after the other."""
        yield {
            **self.layout.fresh(window.sha256, ""),
            self.layout.chat: conversation.messages(conversation.answered(runs)),
            **({} if window.sha256 else self.layout.says("image", _GONE)),
        }
        for run in runs:
            if not run.status.final:
                yield from self.answering.follow(visit, window, run.id)
