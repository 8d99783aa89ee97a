"""How Tell looks: the picture left, the talk right."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.errors import InvalidRequestError
from ui.parts import galleries, markup
from ui.parts.chat import chat
from ui.parts.problems import Problems
from ui.parts.tab import Updates
from ui.services import Services
from ui.tell import voices
from ui.tell.window import Window

# On a phone the talk is below the picture: bring it into view.
LOOK = """(...values) => {
  if (innerWidth < 700) document.querySelector('#tell-chat').scrollIntoView();
  return values;
}"""

# Pictures come by paste and drop anywhere in Tell. Text that is pasted into a field stays text, even where a program
# puts a picture of it on the clipboard as well; what a part of Gradio takes itself is left to it.
_LISTEN = """
const place = "#tell-columns";
const open = () => document.querySelector(place)?.offsetParent;
const bring = async files => {
  let path = "";
  try { if (files.length) ({path} = await upload(files[0])); } catch (error) { console.warn(error); }
  trigger("input", {path, files: files.length});
};
document.addEventListener("paste", event => {
  const {files, types} = event.clipboardData;
  const writing = event.target.closest?.("textarea, input, [contenteditable]");
  if (!open() || (writing && (!files.length || types.includes("text/plain")))) return;
  event.preventDefault();
  event.stopPropagation();
  bring(files);
}, true);
const dropped = event =>
  open() && !event.defaultPrevented && event.target.closest?.(place) && event.dataTransfer.types.includes("Files");
document.addEventListener("dragover", event => { if (dropped(event)) event.preventDefault(); });
document.addEventListener("drop", event => {
  if (!dropped(event)) return;
  event.preventDefault();
  bring(event.dataTransfer.files);
});
"""


class Layout:
    """The components of Tell, and the updates they get together."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def build(self) -> None:
        """Add the components to the page."""
        self.window = gr.State(Window())
        # What the browser keeps: the picture in front, and since when older talks do not come back.
        self.held = gr.Textbox("", visible=False)
        self.left = gr.Textbox("", visible=False)
        with gr.Row(elem_id="tell-columns"):
            with gr.Column(scale=5, min_width=320, elem_id="tell-left"):
                self._build_picture()
            with gr.Column(scale=7, min_width=320, elem_id="tell-right"):
                self._build_talk()
        self.listener = gr.HTML("", js_on_load=_LISTEN, apply_default_css=False, elem_id="tell-listener")
        self.problems = Problems({"question": self.question, "image": self.picture})
        self.problems.build("tell-problems")

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
        # The answer for screen readers: whole, and once.
        self.said = gr.HTML("", html_template=markup.STATUS, elem_id="tell-said")
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
        offered = voices.offered(self._services)
        self.voice = gr.Radio(
            list(offered.choices),
            value=offered.value,
            label="Voice",
            info=offered.info or None,
            visible=len(offered.choices) > 1,
            elem_id="tell-voices",
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
        return [self.window, self.held, self.left, self.question]

    @property
    def outputs(self) -> list[Any]:
        """Return everything a handler may change."""
        shown = [self.picture, self.chat, self.status, self.said, self.question, self.send, self.describe, self.cancel]
        return [*shown, self.audio, self.voice_line, self.held, self.left, self.problems.place]

    def says(self, field: str, sentence: str) -> Updates:
        """Return the update that says something at a field: ``question`` or ``image``."""
        return self.problems.at(InvalidRequestError(field, "", "", advice=sentence))

    def busy(self, busy: bool) -> Updates:
        """Return the updates that show, or end, the waiting for an answer."""
        waiting = gr.update(interactive=not busy)
        return {self.cancel: gr.update(visible=busy), self.send: waiting, self.describe: waiting}

    def path(self, sha256: str) -> str | None:
        """Return where a picture lies, None for none."""
        return str(self._services.pictures.path(sha256)) if sha256 else None

    def fresh(self, sha256: str, line: str) -> Updates:
        """Return the updates for another picture or talk: it is shown, and the talk is empty."""
        return {
            self.picture: self.path(sha256),
            self.held: sha256,
            self.chat: [],
            self.status: line,
            self.said: "",
            self.problems.place: None,
            **self.busy(False),
            **self.silent(),
        }

    def asking(self) -> Updates:
        """Return the updates once a question is on its way: no message of before, and the last voice is silent."""
        return {self.said: "", self.problems.place: None, **self.busy(True), **self.silent()}

    def silent(self) -> Updates:
        """Return the updates that put the voice away."""
        return {self.audio: gr.update(value=None, visible=False), self.voice_line: ""}

    def speaks(self, path: str, line: str) -> Updates:
        """Return the updates that play a voice."""
        return {self.audio: gr.update(value=path, visible=True), self.voice_line: line}
