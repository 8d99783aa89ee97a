"""What the Library shows of one entry: a run with its record, or a talk with its picture, turns and voices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core import record, run_view
from core.actions import Action, Actor
from core.admission.excerpt import SHORTENED
from core.errors import UnknownRunError
from core.requests import TALKING
from core.runs import Run, Status
from ui.parts import markup, sentences, stage
from ui.parts.tab import Updates
from ui.services import Services

_EMPTY = markup.empty("No entry chosen", "Choose one from the list: its record opens here.")
_ASKED_ABOUT = "The picture that was asked about"


class Record:
    """The right side of the Library, and in the place of the list on a narrow screen."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def build(self) -> None:
        """Add the components to the page."""
        self.run_id = gr.State("")
        self.back = gr.Button("Back to the list", size="sm", elem_id="library-back")
        self.stage = stage.stage("library-stage", "library-run-pictures", stage.words(""), visible=False)
        self.facts = gr.HTML(_EMPTY, elem_id="library-facts")
        with gr.Row(visible=False, elem_classes="next") as self.next:
            self.download = gr.DownloadButton(
                "Download", size="sm", elem_id="library-download", min_width=96, visible=False
            )
            self.load = gr.Button("Load into the form", size="sm", elem_id="library-load", min_width=130)
            self.replay = gr.Button("Replay and verify", size="sm", elem_id="library-replay", min_width=130)
            self.talk = gr.Button("Go on in Tell", size="sm", elem_id="library-talk", min_width=130)
            self.delete = gr.Button("Delete", size="sm", elem_id="library-delete", min_width=96)
        with gr.Accordion("The whole record", open=False, visible=False, elem_id="library-json") as self.folded:
            self.json = gr.JSON(show_label=False)

    @property
    def outputs(self) -> list[Any]:
        """Return everything that ``shows`` and ``nothing`` change."""
        buttons = [self.next, self.download, self.load, self.replay, self.talk, self.delete]
        return [self.run_id, self.stage, self.facts, *buttons, self.folded, self.json]

    def shows(self, actor: Actor, run: Run, turns: Sequence[Run]) -> Updates:
        """Return the updates that open an entry.

        Args:
            actor: who looks.
            run: the run that was chosen.
            turns: all runs of its talk, oldest first, with the spoken ones; ``run`` alone if it belongs to none.
        """
        shown = stage.pictures(self.services, run) if run.pictures else self._asked_about(turns)
        again = run.action == Action.GENERATE and SHORTENED not in run.request and actor.may(Action.GENERATE)
        goes_on = run.action in TALKING and bool(shown) and actor.may(Action.ASK)
        records = [run_view.record(each, actor) for each in turns]
        return {
            self.run_id: run.id,
            self.stage: gr.update(value=shown or stage.words(""), visible=bool(shown)),
            self.download: self._download(run),
            self.facts: self._one(run, turns) if len(questions(turns)) < 2 else self._talk(turns),
            self.next: gr.update(visible=True),
            self.load: gr.update(visible=again),
            self.replay: gr.update(visible=again),
            self.talk: gr.update(visible=goes_on),
            self.delete: gr.update(visible=self.services.studio.deletion.may(actor, run)),
            self.folded: gr.update(visible=True),
            self.json: records[0] if len(records) == 1 else records,
        }

    def nothing(self) -> Updates:
        """Return the updates for no entry at all."""
        return {
            self.run_id: "",
            self.stage: gr.update(value=stage.words(""), visible=False),
            self.facts: _EMPTY,
            self.next: gr.update(visible=False),
            self.folded: gr.update(visible=False),
            self.json: None,
        }

    def _download(self, run: Run) -> Any:
        position = stage.first(run)
        if position is None:
            return gr.update(visible=False)
        return {**stage.download(self.services, run, position), "visible": True}

    def _asked_about(self, turns: Sequence[Run]) -> stage.Value | None:
        for sha256 in dict.fromkeys(sha256 for run in turns for sha256 in record.kept_pictures(run.request)):
            try:
                return stage.picture(self.services.pictures.path(sha256), _ASKED_ABOUT)
            except UnknownRunError:
                # A refused upload was never kept.
                continue
        return None

    def _talk(self, turns: Sequence[Run]) -> str:
        asked = questions(turns)
        said = "".join(self._turn(run, turns) for run in asked)
        listed = markup.facts(
            [
                ("Turns", len(asked)),
                ("First", markup.moment(asked[0].queued)),
                ("Latest", markup.moment(asked[-1].queued)),
                ("Model", ", ".join(dict.fromkeys(run.model for run in asked))),
                ("By", ", ".join(dict.fromkeys(run.actor for run in turns))),
            ]
        )
        return f"{_heading(asked[0].words)}<ol class='turns' aria-label='The talk'>{said}</ol>{listed}"

    def _turn(self, run: Run, turns: Sequence[Run]) -> str:
        asked = f"<p class='asked words' dir='auto'>{markup.text(run.words)}</p>"
        if run.status is not Status.DONE:
            ended = markup.ending(run) if run.status.final else markup.outcome(run.status)
            return f"<li>{asked}{ended}</li>"
        answered = f"<p class='answered words' dir='auto'>{markup.text(run.answer)}</p>"
        return f"<li>{asked}{answered}{self._voices(run, turns)}</li>"

    def _voices(self, run: Run, turns: Sequence[Run]) -> str:
        spoken = [each.id for each in turns if each.sound and run.id in {each.id, each.parent}]
        addresses = [markup.text(f"{self.services.root}/runs/{run_id}/sound") for run_id in spoken]
        return "".join(
            f"<audio controls preload='none' aria-label='Spoken' src='{address}'></audio>" for address in addresses
        )

    def _one(self, run: Run, turns: Sequence[Run]) -> str:
        request = record.flat(run.action, run.request)
        refused = markup.ending(run) if run.status.final and run.status is not Status.DONE else ""
        seeds = ", ".join(str(picture.seed) for picture in run.pictures if picture.seed is not None)
        without = " ".join(f"{name}: {why}" for name, why in sentences.ignored(run.facts).items())
        listed = markup.facts(
            [
                ("Answer", run.answer),
                ("Sure", sentences.sure(run.facts)),
                ("Measured", sentences.measured(run.measures)),
                ("When", markup.moment(run.queued)),
                ("Took", f"{run.seconds:.2f} s" if run.seconds is not None else ""),
                ("Model", run.model),
                ("Seeds", seeds),
                ("Style", request.get("style", "")),
                ("Steps", request.get("steps")),
                ("Guidance", request.get("guidance")),
                ("Hand-over", request.get("handover")),
                ("Does not know", ", ".join(sentences.unknown_words(run.facts))),
                ("Without effect", without),
                ("By", f"{run.actor} ({run.role}), {run.source}"),
                ("Replay of", run.parent),
                ("Run", run.id),
            ]
        )
        return f"{_heading(run.words)}{markup.outcome(run.status)}{refused}{self._voices(run, turns)}{listed}"


def _heading(words: str) -> str:
    # It takes the focus when it opens on a narrow screen.
    return f"<h3 class='words' dir='auto' tabindex='-1'>{markup.text(words)}</h3>"


def questions(turns: Sequence[Run]) -> list[Run]:
    """Return what was asked, without the spoken answers: these belong to the turn they speak."""
    return [run for run in turns if run.action in TALKING] or list(turns)
