"""Library: every run with its whole record, the refused ones with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from core import record, run_view
from core.actions import Action
from core.runs import Run, Status
from core.verification import verification
from ui.parts import galleries, markup, named, sentences
from ui.parts.links import Links, message
from ui.parts.tab import Tab, Updates
from ui.parts.watching import watch
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

_PAGE = 60
_KINDS = [("Everything", ""), *((noun.capitalize() + "s", action.value) for action, noun in sentences.NOUNS.items())]
_ENDS = [("Any outcome", ""), *((words.capitalize(), status.value) for status, words in sentences.OUTCOMES.items())]
_EMPTY = markup.empty("No run chosen", "Choose a run from the list: its record opens here.")
_HEADERS = ["When, UTC", "Words", "What became of it"]


class Library(Tab):
    """The tab that lists runs and shows their records."""

    id = "library"
    name = "Library"
    action = Action.SEE_OWN_RUNS

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None

    def build(self) -> None:
        """See ``Tab.build``."""
        self.ids, self.seen_ids, self.run_id = gr.State([]), gr.State([]), gr.State("")
        with gr.Row(elem_id="library-columns"):
            with gr.Column(scale=6, min_width=320):
                self._build_list()
            with gr.Column(scale=5, min_width=320, elem_id="library-record"):
                self._build_record()
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
        self.gallery = galleries.strip("Pictures", "library-pictures", columns=6, show_label=False)
        self.list = gr.Dataframe(
            headers=_HEADERS,
            show_label=False,
            interactive=False,
            wrap=True,
            column_widths=["24%", "42%", "34%"],
            max_height=480,
            buttons=[],
            elem_id="library-list",
        )

    def _build_record(self) -> None:
        self.pictures = galleries.large("library-run-pictures", ["download", "fullscreen"])
        self.facts = gr.HTML(_EMPTY, elem_id="library-facts")
        self.audio = gr.Audio(
            visible=False,
            label="What was spoken",
            show_label=False,
            interactive=False,
            waveform_options=gr.WaveformOptions(show_recording_waveform=False),
            elem_id="library-audio",
        )
        with gr.Row(visible=False, elem_classes="next") as self.next:
            self.load = gr.Button("Load into the form", size="sm", elem_id="library-load", min_width=130)
            self.replay = gr.Button("Replay and verify", size="sm", elem_id="library-replay", min_width=130)
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="library-status")
        with gr.Accordion("The whole record", open=False, visible=False, elem_id="library-json") as self.folded:
            self.json = gr.JSON(show_label=False)

    def _wire(self) -> None:
        filters = [self.search, self.kind, self.end, self.everybody]
        listing = [self.gallery, self.seen_ids, self.list, self.ids, self.nothing, self.everybody]
        record = [self.pictures, self.facts, self.audio, self.next, self.json, self.folded, self.status, self.run_id]
        gr.on(
            [self.tab.select, self.search.submit, self.kind.input, self.end.input, self.everybody.input],
            self.find,
            filters,
            listing,
            api_name="library_find",
            **PRIVATE,
        )
        self.gallery.select(self.open_picture, [self.seen_ids], record, api_name="library_picture", **PRIVATE)
        self.list.select(self.open_row, [self.ids], record, api_name="library_row", **PRIVATE)
        self.load.click(
            self.send, [self.run_id], [self.links.form, self.links.tabs], api_name="library_load", **PRIVATE
        )
        self.replay.click(self.verify, [self.run_id], [self.status], api_name="library_replay", **PRIVATE)

    @needs(Action.SEE_OWN_RUNS)
    def find(self, visit: Visit, search: str, kind: str, end: str, everybody: bool) -> Updates:
        """List the runs that fit."""
        all_of_them = visit.actor.may(Action.SEE_ALL_RUNS)
        runs = self.services.library.runs(
            actor=None if everybody and all_of_them else visit.actor.name,
            search=search.strip(),
            action=Action(kind) if kind else None,
            status=Status(end) if end else None,
            limit=_PAGE,
        )
        seen = [(run, small) for run in runs if (small := galleries.thumbnail(self.services, run))]
        return {
            self.gallery: gr.update(
                value=[(small, run.words) for run, small in seen], visible=bool(seen), selected_index=None
            ),
            self.seen_ids: [run.id for run, _ in seen],
            self.list: gr.update(value=[_row(run) for run in runs], visible=bool(runs)),
            self.ids: [run.id for run in runs],
            self.nothing: gr.update(value=_nothing(bool(search or kind or end)), visible=not runs),
            self.everybody: gr.update(visible=all_of_them),
        }

    @needs(Action.SEE_OWN_RUNS)
    def open_picture(self, visit: Visit, ids: list[str], event: gr.SelectData) -> Updates:
        """Open the record behind a picture."""
        return self._open(visit, ids[event.index])

    @needs(Action.SEE_OWN_RUNS)
    def open_row(self, visit: Visit, ids: list[str], event: gr.SelectData) -> Updates:
        """Open the record of a row."""
        return self._open(visit, ids[event.index[0]])

    @needs(Action.GENERATE)
    def send(self, visit: Visit, run_id: str) -> tuple[Any, Any]:
        """Put the request of this run into the form of Show."""
        self.services.studio.get(visit.actor, run_id)
        return message(run_id), gr.Tabs(selected="show")

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

    def _open(self, visit: Visit, run_id: str) -> Updates:
        run = self.services.studio.get(visit.actor, run_id)
        items = galleries.pictures(self.services, run)
        sound = str(named.sound(self.services, run)) if run.sound else None
        pictured = run.action == Action.GENERATE
        return {
            self.pictures: gr.update(value=items, visible=bool(items), selected_index=0 if items else None),
            self.facts: _readable(run),
            self.audio: gr.update(value=sound, visible=sound is not None),
            self.next: gr.update(visible=pictured),
            self.json: run_view.record(run, visit.actor),
            self.folded: gr.update(visible=True),
            self.status: "",
            self.run_id: run.id,
        }


def _row(run: Run) -> list[str]:
    what = sentences.NOUNS.get(run.action, run.action.value)
    return [sentences.when(run.queued).removesuffix(" UTC"), run.words, f"{what}, {sentences.OUTCOMES[run.status]}"]


def _nothing(filtered: bool) -> str:
    if filtered:
        return markup.empty("Nothing fits", "Try other words, or take the filters away.")
    return markup.empty("Nothing here yet", "Make your first picture in Show: everything you do is kept here.")


def _readable(run: Run) -> str:
    request = record.flat(run.action, run.request)
    refused = markup.ending(run) if run.status.final and run.status is not Status.DONE else ""
    seeds = ", ".join(str(picture.seed) for picture in run.pictures if picture.seed is not None)
    listed = markup.facts(
        [
            ("Answer", run.answer),
            ("Sure", sentences.sure(run.facts)),
            ("Measured", sentences.measured(run.measures)),
            ("When", sentences.when(run.queued)),
            ("Took", f"{run.seconds:.2f} s" if run.seconds is not None else ""),
            ("Model", run.model),
            ("Seeds", seeds),
            ("Style", request.get("style", "")),
            ("Steps", request.get("steps")),
            ("Guidance", request.get("guidance")),
            ("Hand-over", request.get("handover")),
            ("Without effect", " ".join(f"{name}: {why}" for name, why in sentences.ignored(run.facts).items())),
            ("By", f"{run.actor} ({run.role}), {run.source}"),
            ("Replay of", run.parent),
            ("Run", run.id),
        ]
    )
    return f"<h3 class='words' dir='auto'>{markup.text(run.words)}</h3>{markup.outcome(run.status)}{refused}{listed}"
