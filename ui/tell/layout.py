"""How Tell looks: the picture left, the talk right."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.parts import galleries, markup
from ui.parts.chat import chat
from ui.parts.tab import Updates
from ui.services import Services

_GOOGLE = "Where Google's voice is used, the text of the answer is sent to Google."


class Layout:
    """The components of Tell, and the updates they get together."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def build(self) -> None:
        """Add the components to the page."""
        self.sha256 = gr.State("")
        self.talk = gr.State([])
        self.run_id = gr.State("")
        self.unspoken = gr.State("")
        with gr.Row(elem_id="tell-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="tell-left"):
                self._build_picture()
            with gr.Column(scale=7, min_width=320, elem_id="tell-right"):
                self._build_talk()

    def _build_picture(self) -> None:
        self.picture = gr.Image(
            type="filepath",
            label="Picture",
            show_label=False,
            sources=["upload", "clipboard", "webcam"],
            placeholder="Drop a picture here, paste one, or take one",
            buttons=["fullscreen"],
            alt_text="The picture the questions are about",
            elem_id="tell-picture",
        )
        self.examples = galleries.strip(
            "Or try one of these",
            "tell-examples",
            columns=6,
            value=[(str(path), path.stem.capitalize()) for path in self._services.examples.pictures],
            visible=bool(self._services.examples.pictures),
        )

    def _build_talk(self) -> None:
        self.chat = chat("tell-chat")
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="tell-status")
        self.question = gr.Textbox(
            "",
            label="Your question",
            placeholder="What is this?",
            lines=1,
            max_lines=5,
            elem_id="tell-question",
        )
        self.suggestions = gr.Dataset(
            label="Try",
            components=[gr.Textbox(visible=False)],
            samples=[[question] for question in self._services.examples.questions],
            elem_id="tell-suggestions",
        )
        with gr.Row(elem_id="tell-send-row"):
            self.send = gr.Button("Ask", variant="primary", size="lg", elem_id="tell-ask", scale=2)
            self.describe = gr.Button("Describe it", size="lg", elem_id="tell-describe", scale=1, min_width=110)
            self.cancel = gr.Button("Cancel", size="lg", elem_id="tell-cancel", scale=1, min_width=96, visible=False)
        self.aloud = gr.Checkbox(
            self._services.voice_on,
            label="Speak answers",
            info=_GOOGLE,
            visible=self._services.voice_on,
            elem_id="tell-aloud",
        )
        self.audio = gr.Audio(
            visible=False,
            label="The answer, spoken",
            show_label=False,
            interactive=False,
            autoplay=True,
            buttons=["download"],
            waveform_options=gr.WaveformOptions(show_recording_waveform=False),
            elem_id="tell-audio",
        )
        self.voice_line = gr.HTML("", html_template=markup.STATUS, elem_id="tell-voice")

    @property
    def asked(self) -> list[Any]:
        """Return what a question needs."""
        return [self.sha256, self.talk, self.question]

    @property
    def outputs(self) -> list[Any]:
        """Return everything a handler may change."""
        shown = [self.picture, self.chat, self.status, self.question, self.send, self.cancel, self.audio]
        return [*shown, self.voice_line, self.sha256, self.talk, self.run_id, self.unspoken]

    def busy(self, busy: bool) -> Updates:
        """Return the updates that show, or end, the waiting for an answer."""
        return {self.cancel: gr.update(visible=busy), self.send: gr.update(interactive=not busy)}

    def fresh(self, path: str | None, sha256: str, line: str) -> Updates:
        """Return the updates for another picture: it is shown, and the talk starts again."""
        return {
            self.picture: path,
            self.sha256: sha256,
            self.talk: [],
            self.chat: [],
            self.status: line,
            **self.silent(),
        }

    def silent(self) -> Updates:
        """Return the updates that put the voice away."""
        return {self.audio: gr.update(value=None, visible=False), self.voice_line: ""}

    def speaks(self, path: str, line: str) -> Updates:
        """Return the updates that play a voice."""
        return {self.audio: gr.update(value=path, visible=True), self.voice_line: line}
