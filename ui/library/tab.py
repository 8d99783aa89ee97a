"""Library: everything that is kept, a talk as one entry; refused runs with their reasons. What is one's own can go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from core import deletion
from core.actions import Action
from core.runs import Status
from core.verification import verification
from ui.library import entries
from ui.library.record import Record
from ui.library.removal import ASKED, Removal
from ui.parts import galleries, markup, sentences, stage
from ui.parts.links import Links, message
from ui.parts.tab import Tab, Updates
from ui.parts.watching import watch
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

_PAGE = 60
_MOST = 480
_KINDS = [("Everything", ""), *((noun.capitalize() + "s", action.value) for action, noun in sentences.NOUNS.items())]
_ENDS = [("Any outcome", ""), *((words.capitalize(), status.value) for status, words in sentences.OUTCOMES.items())]


class Library(Tab):
    """The tab that lists runs and talks, and shows and deletes them."""

    id = "library"
    name = "Library"
    action = Action.SEE_OWN_RUNS

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None
        self.record = Record(services)
        self.removal = Removal(services)

    def build(self) -> None:
        """See ``Tab.build``."""
        self.shown = gr.State(_PAGE)
        self.removal.build()
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="library-status")
        with gr.Row(elem_id="library-columns"):
            with gr.Column(scale=6, min_width=320, elem_id="library-found"):
                self._build_list()
            with gr.Column(scale=5, min_width=320, elem_id="library-record"):
                self.record.build()
        self._wire()

    def _build_list(self) -> None:
        self.search = gr.Textbox(
            "",
            show_label=False,
            label="Search",
            placeholder="Search prompts, questions, answers",
            elem_id="library-search",
        )
        with gr.Row(elem_id="library-filters"):
            self.kind = gr.Dropdown(
                _KINDS, value="", show_label=False, label="What", min_width=150, elem_id="library-kind"
            )
            self.end = gr.Dropdown(
                _ENDS, value="", show_label=False, label="Outcome", min_width=150, elem_id="library-end"
            )
            self.everybody = gr.Checkbox(
                False, label="Everybody's", visible=False, min_width=150, elem_id="library-everybody"
            )
        self.nothing = gr.HTML("", visible=False, elem_id="library-empty")
        self.list = entries.component("library-list")
        self.everything = gr.Button("Delete everything of mine", size="sm", visible=False, elem_id="library-everything")

    def _wire(self) -> None:
        filters = [self.search, self.kind, self.end, self.everybody]
        listing = [self.list, self.nothing, self.everybody, self.everything, self.shown, self.status]
        record, removal = self.record, self.removal
        gr.on(
            [self.tab.select, self.search.submit, self.kind.input, self.end.input, self.everybody.input],
            self.find,
            filters,
            listing,
            api_name="library_find",
            **PRIVATE,
        )
        self.list.further(self.further, [self.shown, *filters], listing, api_name="library_further", **PRIVATE)
        opened = self.list.open(self.open, None, [*record.outputs, self.status], api_name="library_open", **PRIVATE)
        opened.success(None, None, None, js=entries.OPENED)
        record.stage.select(self.pick, [record.run_id], [record.download], api_name="library_pick", **PRIVATE)
        record.back.click(None, None, None, js=entries.CLOSED)
        record.load.click(
            self.send, [record.run_id], [self.links.form, self.links.tabs], api_name="library_load", **PRIVATE
        )
        record.talk.click(
            self.go_on, [record.run_id], [self.links.talk, self.links.tabs], api_name="library_talk", **PRIVATE
        )
        record.replay.click(self.verify, [record.run_id], [self.status], api_name="library_replay", **PRIVATE)
        for event, handler, inputs, name in (
            (record.delete.click, self.ask_about_one, [record.run_id], "library_delete"),
            (self.list.remove, self.ask_about_several, None, "library_delete_several"),
            (self.everything.click, self.ask_about_everything, None, "library_delete_everything"),
        ):
            event(handler, inputs, removal.outputs, api_name=name, **PRIVATE).success(None, None, None, js=ASKED)
        removal.keep.click(self.keep, None, removal.outputs, api_name="library_keep", **PRIVATE)
        gone = gr.on(
            [removal.confirm.click, removal.typed.submit],
            self.delete,
            [removal.doomed, removal.typed, *filters],
            [*removal.outputs, *record.outputs, *listing],
            api_name="library_deleted",
            **PRIVATE,
        )
        gone.success(None, None, None, js=entries.CLOSED)

    @needs(Action.SEE_OWN_RUNS)
    def find(self, visit: Visit, search: str, kind: str, end: str, everybody: bool) -> Updates:
        """List what fits."""
        return self._found(visit, (search, kind, end, everybody), _PAGE)

    @needs(Action.SEE_OWN_RUNS)
    def further(self, visit: Visit, shown: int, *asked: Any) -> Updates:
        """List more of what fits."""
        return self._found(visit, asked, min(shown + _PAGE, _MOST))

    @needs(Action.SEE_OWN_RUNS)
    def open(self, visit: Visit, event: gr.EventData) -> Updates:
        """Open an entry."""
        run = self.services.studio.get(visit.actor, next(iter(entries.named(event)), ""))
        turns = deletion.turns(self.services.library, visit.actor, run)
        return {**self.record.shows(visit.actor, run, turns), self.status: f"Opened: {run.words}"}

    @needs(Action.SEE_OWN_RUNS)
    def pick(self, visit: Visit, run_id: str, event: gr.SelectData) -> Any:
        """Let the picture that is opened large be downloaded."""
        run = self.services.studio.get(visit.actor, run_id)
        return stage.download(self.services, run, run.pictures.index(galleries.chosen(run.pictures, event.index)))

    @needs(Action.GENERATE)
    def send(self, visit: Visit, run_id: str) -> tuple[Any, Any]:
        """Put the request of this run into the form of Show."""
        self.services.studio.get(visit.actor, run_id)
        return message(run_id), gr.Tabs(selected="show")

    @needs(Action.ASK)
    def go_on(self, visit: Visit, run_id: str) -> tuple[Any, Any]:
        """Take the talk of this run to Tell."""
        self.services.studio.get(visit.actor, run_id)
        return message(run_id), gr.Tabs(selected="tell")

    @needs(Action.SEE_OWN_RUNS)
    def verify(self, visit: Visit, run_id: str) -> Iterator[str]:
        """Run it again and compare."""
        first = self.services.studio.get(visit.actor, run_id)
        again = self.services.studio.replay(visit.actor, run_id)
        for update in watch(self.services.studio, visit.actor, again):
            if update.run.status is Status.DONE:
                yield sentences.verified(verification(self.services.pictures, first, update.run))
            else:
                yield sentences.line(update)

    @needs(Action.SEE_OWN_RUNS)
    def ask_about_one(self, visit: Visit, run_id: str) -> Updates:
        """Ask whether to delete the entry that is open."""
        return self.removal.asks(visit, [run_id])

    @needs(Action.SEE_OWN_RUNS)
    def ask_about_several(self, visit: Visit, event: gr.EventData) -> Updates:
        """Ask whether to delete the chosen entries."""
        return self.removal.asks(visit, entries.named(event))

    @needs(Action.DELETE_OWN_RUNS)
    def ask_about_everything(self, _visit: Visit) -> Updates:
        """Ask whether to delete all that this visitor made."""
        return self.removal.asks_for_everything()

    @needs(Action.SEE_OWN_RUNS)
    def keep(self, _visit: Visit) -> Updates:
        """Delete nothing."""
        return self.removal.away()

    @needs(Action.SEE_OWN_RUNS)
    def delete(self, visit: Visit, doomed: list[str] | None, typed: str, *asked: Any) -> Updates:
        """Delete what was asked about, and list what is left."""
        line = self.removal.delete(visit, doomed, typed)
        if not line:
            return {self.status: "Nothing was deleted: type the word delete to confirm."}
        return {
            **self.removal.away(),
            **self.record.nothing(),
            **self._found(visit, asked, _PAGE),
            self.status: line,
        }

    def _found(self, visit: Visit, asked: tuple[Any, ...], most: int) -> Updates:
        search, kind, end, everybody = asked
        all_of_them = visit.actor.may(Action.SEE_ALL_RUNS)
        everybodys = everybody and all_of_them
        found = self.services.library.entries(
            actor=None if everybodys else visit.actor.name,
            search=search.strip(),
            action=Action(kind) if kind else None,
            status=Status(end) if end else None,
            limit=most + 1,
        )
        shown, more = found[:most], len(found) > most
        filtered = bool(search.strip() or kind or end)
        return {
            self.list: entries.value(self.services, shown, more=more and most < _MOST, names=everybodys),
            self.nothing: gr.update(value=_nothing(filtered), visible=not found),
            self.everybody: gr.update(visible=all_of_them),
            self.everything: gr.update(
                visible=bool(found) and not everybodys and visit.actor.may(Action.DELETE_OWN_RUNS)
            ),
            self.shown: most,
            self.status: _counted(len(shown), more, most),
        }


def _counted(number: int, more: bool, most: int) -> str:
    if more:
        return f"The newest {number} entries. " + ("Search for older ones." if most >= _MOST else "There are more.")
    return "1 entry" if number == 1 else f"{number or 'No'} entries"


def _nothing(filtered: bool) -> str:
    if filtered:
        return markup.empty("Nothing fits", "Try other words, or take the filters away.")
    return markup.empty("Nothing here yet", "Make your first picture in Show: everything you do is kept here.")
