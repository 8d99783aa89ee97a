"""Questions on their way to an answer, and the answer to its voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from core import follow
from core.actions import Action
from core.errors import BlockedError, InvalidRequestError, StudioError, UnknownRunError
from core.requests import AskRequest, DescribeRequest, Request
from core.runs import Status
from ui.parts import named, sentences
from ui.parts.tab import Updates
from ui.parts.watching import watch
from ui.permission import PRIVATE, needs, title
from ui.services import Services, Visit
from ui.tell import conversation, opening, voices
from ui.tell.layout import LOOK, Layout
from ui.tell.window import Window

_NO_PICTURE = "Add a picture first: drop, paste or take one here."
_GONE = "This picture is not kept any more. Add it again to go on."
_NOT_YET = "The last answer is still coming. Your question stays here: send it when the answer is there."


class Answering:
    """The part of Tell that asks and speaks."""

    def __init__(self, services: Services, layout: Layout) -> None:
        self.services = services
        self.layout = layout

    def wire(self) -> None:
        """Wire the events."""
        on = self.layout
        everything = {"inputs": on.asked, "outputs": on.outputs, "js": LOOK, **PRIVATE}
        # A question during an answer is not dropped without a word.
        asked = gr.on(
            [on.question.submit, on.send.click], self.ask, api_name="tell_ask", trigger_mode="multiple", **everything
        )
        described = on.describe.click(self.describe, api_name="tell_describe", **everything)
        for event, name in ((asked, "tell_speak"), (described, "tell_speak_description")):
            # Events of their own: while they wait for a voice, the next question can be asked.
            event.then(self.speak, [on.window, on.voice], [on.audio, on.voice_line], api_name=name, **PRIVATE)
        self.give_back_after(asked, "tell_give_back")
        on.cancel.click(self.cancel, [on.window], [on.status], api_name="tell_cancel", **PRIVATE)

    def give_back_after(self, event: Any, name: str) -> None:
        """Let ``give_back`` follow an event that may have waited for an answer; ``name`` is its own."""
        on = self.layout
        places = [on.question, on.problems.place]
        event.then(self.give_back, [on.window, on.question], places, api_name=name, **PRIVATE)

    @needs(Action.ASK)
    def ask(self, visit: Visit, window: Window, held: str, left: str, question: str) -> Iterator[Updates]:
        """Answer a question, sentence by sentence."""

        def request() -> Request:
            past = conversation.kept(self.services, visit.actor, window.turns)
            image = self.services.pictures.load(window.sha256)
            return AskRequest(image=image, question=question, history=conversation.history(past))

        yield from self._begin(visit, window, (held, left), request, box=True)

    @needs(Action.DESCRIBE)
    def describe(self, visit: Visit, window: Window, held: str, left: str, question: str) -> Iterator[Updates]:  # noqa: ARG002 - the same inputs as ask
        """Describe the picture in a few sentences."""

        def request() -> Request:
            return DescribeRequest(image=self.services.pictures.load(window.sha256), length="long")

        yield from self._begin(visit, window, (held, left), request)

    @needs(Action.ASK)
    def cancel(self, visit: Visit, window: Window) -> Any:
        """Stop the answer."""
        if not window.waiting:
            return gr.skip()
        self.services.studio.cancel(visit.actor, window.waiting)
        return "Cancelling"

    @needs(Action.ASK)
    def give_back(self, _visit: Visit, window: Window, question: str) -> Updates:
        """Put a question that came to nothing back into the box, unless something else is written there by now."""
        asked, why = window.unanswered, window.why
        window.unanswered = window.why = ""
        if not why:
            return {self.layout.question: gr.skip()}
        if question.strip() and asked:
            return self.layout.says("question", f"“{asked}” has no answer. {why}")
        return {self.layout.question: asked, **self.layout.says("question", why)}

    @needs(Action.ASK)
    def speak(self, visit: Visit, window: Window, voice: str) -> Updates:
        """Speak an answer that is on the page already; without a voice the answer stays."""
        run_id, window.unspoken = window.unspoken, ""
        allowed = self.services.voice_on and visit.actor.may(Action.SPEAK)
        if not run_id or not allowed or voice == voices.NONE:
            return {self.layout.voice_line: gr.skip()}
        speech = follow.speak(self.services.studio, visit.actor, run_id, voice=voice)
        if window.busy or window.turns[-1:] != [run_id]:
            # The talk has gone on, or is another one: this answer is not what people read now.
            return {self.layout.voice_line: gr.skip()}
        if speech.run is None or speech.message:
            return {self.layout.voice_line: f"No voice this time: {speech.message}"}
        path = named.sound(self.services, speech.run)
        return self.layout.speaks(str(path), voices.spoke(self.services, speech.run))

    def follow(self, visit: Visit, window: Window, run_id: str, *, box: bool = False) -> Iterator[Updates]:
        """Show the answer of a run as it comes, and how it ended, as long as the window shows its talk.

        ``box``: the question comes from the box, which is emptied once: what is written during the answer stays.
        """
        taken = window.take()
        window.waiting = run_id
        past = conversation.kept(self.services, visit.actor, window.turns)
        once = {**self.layout.asking(), **({self.layout.question: ""} if box else {})}
        try:
            for update in watch(self.services.studio, visit.actor, run_id):
                run = update.run
                if not window.holds(taken):
                    # A generator that yields nothing would empty every output.
                    yield {self.layout.status: gr.skip()}
                    return
                if run.status.final:
                    break
                said = update.progress.text if update.progress else ""
                yield {
                    self.layout.chat: conversation.messages(past, question=conversation.words(run), answer=said),
                    self.layout.status: sentences.line(update),
                    **once,
                }
                once = {}
        except StudioError as error:
            yield {self.layout.status: str(error), **self.layout.busy(False)}
            return
        finally:
            window.release(taken)
        sure, line = sentences.sure(run.facts), sentences.ended(run)
        if run.status is Status.DONE:
            window.talk = run.talk
            window.turns.append(run.id)
            past.append(run)
            line = f"{line}. The model is {sure}." if sure else line
        else:
            line = f"{title(run.code)}. {line}"
            window.unanswered, window.why = (run.words, line) if run.action == Action.ASK else ("", "")
        yield {
            **once,
            self.layout.chat: conversation.messages(past),
            self.layout.status: line,
            self.layout.said: run.answer if run.status is Status.DONE else "",
            self.layout.problems.place: None,
            **self.layout.busy(False),
        }

    def _begin(
        self, visit: Visit, window: Window, kept: tuple[str, str], request: Callable[[], Request], *, box: bool = False
    ) -> Iterator[Updates]:
        """Submit a request and follow its run; what is refused changes nothing but for the sentence that says so."""
        hindered = self._hindered(visit, window, kept)
        if hindered:
            yield hindered
            return
        taken = window.take()
        try:
            run_id = self.services.studio.submit(visit.actor, request(), talk=window.talk)
        except StudioError as error:
            yield self._refused(error)
        else:
            yield from self.follow(visit, window, run_id, box=box)
            if window.holds(taken) and window.turns[-1:] == [run_id]:
                window.unspoken = run_id
        finally:
            window.release(taken)

    def _hindered(self, visit: Visit, window: Window, kept: tuple[str, str]) -> Updates | None:
        if window.busy:
            return self.layout.says("question", _NOT_YET)
        if not window.sha256:
            # The program was started anew under an open page.
            opening.recall(self.services, visit.actor, window, *kept, only_held=True)
        return None if window.sha256 else self.layout.says("image", _NO_PICTURE)

    def _refused(self, error: StudioError) -> Updates:
        if isinstance(error, InvalidRequestError):
            return self.layout.problems.at(error)
        if isinstance(error, UnknownRunError):
            return self.layout.says("image", _GONE)
        # The picture, if that alone moved the rules.
        fields = {finding.field for finding in error.findings} if isinstance(error, BlockedError) else set()
        field = "image" if fields == {"picture"} else "question"
        return self.layout.says(field, f"{title(error.code)}. {error}")
