"""Pictures on their way into Tell: uploaded, pasted, dropped, an example, or sent by another tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from core.actions import Action
from core.errors import InvalidRequestError, StudioError
from core.media import Picture
from core.run_ids import new_run_id
from ui.framework import incoming
from ui.parts.tab import Updates
from ui.permission import PRIVATE, needs, title
from ui.services import Services, Visit
from ui.tell.layout import Layout
from ui.tell.window import Window

_NEW_TALK = "A new picture: the talk starts afresh."


class Bringing:
    """The part of Tell that takes pictures. Another picture is the end of the talk about the one before."""

    def __init__(self, services: Services, layout: Layout) -> None:
        self.services = services
        self.layout = layout

    def wire(self, sent: Any) -> Sequence[Any]:
        """Wire the events, ``sent`` being the component by which other tabs send a picture; return them."""
        on = self.layout
        everything = {"outputs": on.outputs, **PRIVATE}
        return (
            # The file is ours to open: Gradio would decode whatever it is before anybody looked at its size.
            on.picture.input(
                self.receive, [on.picture, on.window], preprocess=False, api_name="tell_receive", **everything
            ),
            on.listener.input(self.paste, [on.window], api_name="tell_paste", **everything),
            on.picture.clear(self.forget, [on.window], api_name="tell_forget", **everything),
            on.examples.select(self.use_example, [on.window], api_name="tell_example", **everything),
            sent.change(self.open, [sent, on.window], api_name="tell_open", **everything),
        )

    @needs(Action.ASK)
    def receive(self, visit: Visit, payload: Any, window: Window) -> Updates:
        """Take a picture the person brought, cleaned of everything it knows about them."""
        if payload is None:
            return self._show(window, None, "")
        return self._bring(visit, window, lambda: incoming.picture(self.services, payload, actor=visit.actor))

    @needs(Action.ASK)
    def paste(self, visit: Visit, window: Window, event: gr.EventData) -> Updates:
        """Take a file that was pasted or dropped; the path the browser names is checked like that of any upload."""
        told = event._data if isinstance(event._data, dict) else {}
        if not told.get("path"):
            sentence = "This file could not be sent." if told.get("files") else "What you pasted is no picture."
            return self.layout.says("image", f"{sentence} Paste, drop or upload a picture.")
        payload = {"path": told["path"]}
        return self._bring(visit, window, lambda: incoming.picture(self.services, payload, actor=visit.actor))

    @needs(Action.ASK)
    def forget(self, _visit: Visit, window: Window) -> Updates:
        """Forget picture and talk."""
        return self._show(window, None, "")

    @needs(Action.ASK)
    def use_example(self, visit: Visit, window: Window, event: gr.SelectData) -> Updates:
        """Take one of the example pictures."""
        path = self.services.examples.pictures[event.index]
        read = self.services.uploads.read
        return self._bring(visit, window, lambda: read(path.read_bytes(), path.name, actor=visit.actor))

    @needs(Action.ASK)
    def open(self, _visit: Visit, sent: tuple[str, int], window: Window) -> Updates:
        """Take a picture another tab sent. Its name comes from the server's own state, never from the browser."""
        return self._show(window, self.services.pictures.load(sent[0]), _NEW_TALK)

    def _bring(self, visit: Visit, window: Window, read: Callable[[], Picture]) -> Updates:
        try:
            picture = self.services.studio.bring(visit.actor, read)
        except InvalidRequestError as error:
            return self._refuse(window, f"{error.value} cannot be used. {error.advice}")
        except StudioError as error:
            return self._refuse(window, f"{title(error.code)}. {error}")
        return self._show(window, picture, _NEW_TALK)

    def _refuse(self, window: Window, sentence: str) -> Updates:
        # Gradio shows the file already: what was there before comes back in its place.
        return {**self.layout.says("image", sentence), self.layout.picture: self.layout.path(window.sha256)}

    def _show(self, window: Window, picture: Picture | None, line: str) -> Updates:
        window.show(picture.sha256 if picture else "")
        return {**self.layout.fresh(window.sha256, line), self.layout.left: new_run_id()}
