"""The thin line at the top: name, the model in use, the queue, the person."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action, Actor
from core.errors import StudioError
from core.models import ModelCard, ModelState
from core.people import OWNER
from core.runs import Status
from ui.parts.markup import text
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

_STATES = {
    ModelState.COLD: "loads on first use",
    ModelState.LOADING: "loading",
    ModelState.READY: "ready",
    ModelState.REMOTE: "remote",
    ModelState.UNAVAILABLE: "not available here",
}

# Seconds between two looks at the queue and the state of the model.
_EVERY = 5


class Header:
    """Shows the same to everybody but for the person's own name."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def build(self, demo: gr.Blocks) -> None:
        """Add the header to the page."""
        self._line = gr.HTML("<h1>Show &amp; Tell</h1>", elem_id="header")
        clock = gr.Timer(_EVERY)
        seen = [self._line]
        gr.on([demo.load, clock.tick], self.show, seen, seen, api_name="header_show", **PRIVATE)

    @needs(Action.OPEN_PAGE)
    def show(self, visit: Visit, seen: str) -> Any:
        """Return the line as it is now; a line that is the same is left alone, with whatever is unfolded in it."""
        queue = self.services.library.count(Status.QUEUED)
        waiting = f"<span class='queue'>{queue} waiting</span>" if queue else "<span class='queue'>no queue</span>"
        line = f"<h1>Show &amp; Tell</h1>{self._model()}{waiting}{self._person(visit.actor)}"
        return gr.skip() if line == seen else line

    def _model(self) -> str:
        try:
            card = self.services.engines.chosen(Action.GENERATE)
        except StudioError as error:
            return (
                f"<span class='model unavailable' title='{text(error)}'><i></i>no picture model: {text(error)}</span>"
            )
        words = f"<i></i>{text(card.title)}<span class='state'>{text(_state(card))}</span>"
        if not card.note:
            return f"<span class='model {card.state.value}'>{words}</span>"
        note = f"<div class='note'>{text(card.note)}{_vocabulary(card)}</div>"
        return f"<details class='model {card.state.value}'><summary>{words}</summary>{note}</details>"

    def _person(self, actor: Actor) -> str:
        root = text(self.services.root)
        leave = f"<form method='post' action='{root}/sign-out'><button type='submit'>Sign out</button></form>"
        if actor.name == OWNER:
            words = _told("owner", "this studio is yours: you may do everything")
            return f"<span class='person'>{words}{leave if self.services.owner_by_key else ''}</span>"
        if actor.visitor:
            return f"<span class='person'>visitor {self._way_in(root)}</span>"
        return f"<span class='person'>{_told(actor.name, f'role: {actor.role}')}{leave}</span>"

    def _way_in(self, root: str) -> str:
        if not self.services.owner_by_key:
            return f"<a href='{root}/sign-in'>Sign in</a>"
        title = "The address that the program printed when it started makes you the owner"
        words = "Sign in" if self.services.people and self.services.people.all() else "Sign in as the owner"
        return f"<a href='{root}/sign-in' title='{title}'>{words}</a>"


def _told(words: str, more: str) -> str:
    """Return words whose tooltip is read out as well."""
    return f"<span title='{text(more)}'>{text(words)}<span class='visually-hidden'>, {text(more)}</span></span>"


def _state(card: ModelCard) -> str:
    state = _STATES[card.state]
    return f"demo model, {state}" if card.bundled else state


def _vocabulary(card: ModelCard) -> str:
    known = card.vocabulary
    lists = {
        "things": known.things,
        "other words": [f"{word} ({thing})" for word, thing in known.other_words.items()],
        "styles": known.styles,
        "grounds": known.grounds,
        **known.more,
    }
    return "".join(
        f"<p><b>{text(name.replace('_', ' '))}</b> {text(', '.join(words))}</p>"
        for name, words in lists.items()
        if words
    )
