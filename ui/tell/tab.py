"""Tell: questions about a picture, answered and spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from core import follow, record
from core.actions import Action
from core.errors import StudioError
from core.media import Picture
from core.requests import AskRequest, DescribeRequest
from core.runs import Run, Status
from ui.framework import incoming
from ui.parts import named, sentences
from ui.parts.links import Links
from ui.parts.tab import Tab, Updates
from ui.parts.watching import wanted, watch
from ui.permission import PRIVATE, needs, title
from ui.services import Services, Visit
from ui.tell import conversation
from ui.tell.layout import Layout

_NO_PICTURE = "Add a picture first: drop, paste or take one on the left."
_ANSWERED = (Action.ASK, Action.DESCRIBE)
_NEW_TALK = "A new picture: the talk starts afresh."


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

    def build(self) -> None:
        """See ``Tab.build``."""
        self.layout.build()
        self._wire()

    def _wire(self) -> None:
        on = self.layout
        everything = {"outputs": on.outputs, **PRIVATE}
        # The file is ours to open: Gradio would decode whatever it is before anybody looked at its size.
        on.picture.input(self.receive, [on.picture], preprocess=False, api_name="tell_receive", **everything)
        on.picture.clear(self.forget, None, api_name="tell_forget", **everything)
        on.examples.select(self.use_example, None, api_name="tell_example", **everything)
        self.links.picture.change(self.open, [self.links.picture], api_name="tell_open", **everything)
        asked = gr.on([on.question.submit, on.send.click], self.ask, on.asked, api_name="tell_ask", **everything)
        described = on.describe.click(self.describe, on.asked, api_name="tell_describe", **everything)
        # An event of its own: while it waits for a voice, the next question can be asked.
        for event, name in ((asked, "tell_speak"), (described, "tell_speak_description")):
            event.then(self.speak, [on.unspoken, on.aloud], [on.audio, on.voice_line], api_name=name, **PRIVATE)
        on.suggestions.click(self.suggest, [on.suggestions], [on.question], api_name="tell_suggest", **PRIVATE)
        on.chat.clear(self.restart, None, [on.talk, on.status], api_name="tell_restart", **PRIVATE)
        on.cancel.click(self.cancel, [on.run_id], [on.status], api_name="tell_cancel", **PRIVATE)
        self.links.demo.load(self.attach, None, api_name="tell_attach", **everything)

    @needs(Action.ASK)
    def receive(self, visit: Visit, payload: Any) -> Updates:
        """Take a picture the person brought, cleaned of everything it knows about them."""
        if payload is None:
            return self._fresh(None, "")
        return self._bring(visit, lambda: incoming.picture(self.services, payload, actor=visit.actor))

    @needs(Action.ASK)
    def forget(self, _visit: Visit) -> Updates:
        """Forget picture and talk."""
        return self._fresh(None, "")

    @needs(Action.ASK)
    def restart(self, _visit: Visit) -> tuple[list[str], str]:
        """Begin another talk about the same picture."""
        return [], "The talk starts afresh."

    @needs(Action.ASK)
    def use_example(self, visit: Visit, event: gr.SelectData) -> Updates:
        """Take one of the example pictures."""
        path = self.services.examples.pictures[event.index]
        return self._bring(visit, lambda: self.services.uploads.read(path.read_bytes(), path.name, actor=visit.actor))

    @needs(Action.ASK)
    def open(self, _visit: Visit, sent: tuple[str, int]) -> Updates:
        """Take a picture another tab sent. Its name comes from the server's own state, never from the browser."""
        return self._fresh(self.services.pictures.load(sent[0]), _NEW_TALK)

    @needs(Action.ASK)
    def suggest(self, _visit: Visit, sample: list[str]) -> str:
        """Put a suggested question into the box."""
        return sample[0]

    @needs(Action.ASK)
    def cancel(self, visit: Visit, run_id: str) -> str:
        """Stop the answer."""
        self.services.studio.cancel(visit.actor, run_id)
        return "Cancelling"

    @needs(Action.ASK)
    def ask(self, visit: Visit, sha256: str, talk: list[str], question: str) -> Iterator[Updates]:
        """Answer a question, sentence by sentence."""
        if not sha256:
            yield {self.layout.status: _NO_PICTURE}
            return
        past = conversation.runs(self.services, visit.actor, talk)

        def request() -> AskRequest:
            image = self.services.pictures.load(sha256)
            return AskRequest(image=image, question=question, history=conversation.history(past))

        yield from self._talk(visit, past, question, request)

    @needs(Action.DESCRIBE)
    def describe(self, visit: Visit, sha256: str, talk: list[str], question: str) -> Iterator[Updates]:  # noqa: ARG002 - the same inputs as ask
        """Describe the picture in a few sentences."""
        if not sha256:
            yield {self.layout.status: _NO_PICTURE}
            return
        past = conversation.runs(self.services, visit.actor, talk)
        words = "Describe the picture"
        yield from self._talk(
            visit, past, words, lambda: DescribeRequest(image=self.services.pictures.load(sha256), length="long")
        )

    @needs(Action.ASK)
    def speak(self, visit: Visit, run_id: str, aloud: bool) -> Updates:
        """Speak an answer that is on the page already; without a voice the answer stays."""
        if not (run_id and aloud and self.services.voice_on and visit.actor.may(Action.SPEAK)):
            return self.layout.silent()
        speech = follow.speak(self.services.studio, visit.actor, run_id)
        if speech.run is None or speech.message:
            return {self.layout.voice_line: f"No voice this time: {speech.message}"}
        voice = speech.run.facts.get("voice", speech.run.model)
        return self.layout.speaks(str(named.sound(self.services, speech.run)), f"Voice: {voice}")

    @needs(Action.OPEN_PAGE)
    def attach(self, visit: Visit) -> Iterator[Updates]:
        """Show the answer the address names or the one under way, so that a reload loses nothing."""
        runs = wanted(visit, self.services, _ANSWERED) if visit.actor.may(self.action) else []
        if not runs:
            # A generator that yields nothing would empty every output.
            yield {self.layout.status: ""}
            return
        run = runs[-1]
        sha256 = next(record.kept_pictures(run.request))
        yield self._fresh(self.services.pictures.load(sha256), "")
        yield from self._follow(visit, conversation.before(self.services, run), run.words, run.id)

    def _bring(self, visit: Visit, read: Callable[[], Picture]) -> Updates:
        try:
            picture = read()
            self.services.studio.bring(visit.actor, picture)
        except StudioError as error:
            return self._fresh(None, str(error))
        return self._fresh(picture, _NEW_TALK)

    def _talk(self, visit: Visit, past: list[Run], words: str, request: Any) -> Iterator[Updates]:
        try:
            run_id = self.services.studio.submit(visit.actor, request())
        except StudioError as error:
            answer = f"{title(error.code)}. {error}"
            yield {
                self.layout.chat: conversation.messages(past, question=words, answer=answer),
                self.layout.status: title(error.code),
            }
            return
        yield from self._follow(visit, past, words, run_id)

    def _follow(self, visit: Visit, past: list[Run], words: str, run_id: str) -> Iterator[Updates]:
        for update in watch(self.services.studio, visit.actor, run_id):
            run = update.run
            if run.status.final:
                break
            said = update.progress.text if update.progress else ""
            yield {
                self.layout.chat: conversation.messages(past, question=words, answer=said),
                self.layout.status: sentences.line(update),
                self.layout.question: "",
                self.layout.run_id: run_id,
                self.layout.unspoken: "",
                **self.layout.busy(True),
            }
        turns = [*past, run]
        done = run.status is Status.DONE
        sure, line = sentences.sure(run.facts), sentences.ended(run)
        yield {
            self.layout.chat: conversation.messages(turns),
            self.layout.talk: [each.id for each in turns] if done else [each.id for each in past],
            self.layout.status: f"{line}. The model is {sure}." if done and sure else line,
            self.layout.question: "",
            self.layout.unspoken: run.id if done else "",
            **self.layout.busy(False),
        }

    def _fresh(self, picture: Picture | None, line: str) -> Updates:
        path = str(self.services.pictures.path(picture.sha256)) if picture else None
        return self.layout.fresh(path, picture.sha256 if picture else "", line)
