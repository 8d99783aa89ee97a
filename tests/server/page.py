"""A real small Gradio page: five functions, each with another permission, and one that looks at an upload."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from tests.server.program import png


def build(ran: list[tuple[str, str]], folder: Path) -> gr.Blocks:
    """Return the page; its functions note in ``ran`` who ran them."""

    def note(name: str, request: gr.Request) -> None:
        ran.append((name, request.username))

    def make(text: str, request: gr.Request) -> str:
        note("make", request)
        path = folder / f"made-{request.username}-{len(ran)}.png"
        path.write_bytes(png(8, len(ran)) + request.username.encode())
        return str(path)

    def reply(text: str, request: gr.Request) -> str:
        note("reply", request)
        return text

    def figures(text: str, request: gr.Request) -> str:
        note("figures", request)
        return text

    def govern(text: str, request: gr.Request) -> str:
        note("govern", request)
        return text

    def forgotten(text: str, request: gr.Request) -> str:
        note("forgotten", request)
        return text

    def look(picture: str, request: gr.Request) -> str:
        return str(Path(picture).stat().st_size)

    with gr.Blocks(analytics_enabled=False) as demo:
        text, picture = gr.Textbox(""), gr.Image(type="filepath")
        out, out_picture = gr.Textbox(), gr.Image(type="filepath", format="png")
        gr.Button().click(make, text, out_picture, api_name="make")
        gr.Button().click(reply, text, out, api_name="reply", queue=False)
        gr.Button().click(figures, text, out, api_name="figures")
        gr.Button().click(govern, text, out, api_name="govern", queue=False, api_visibility="private")
        gr.Button().click(forgotten, text, out, api_name="forgotten", queue=False)
        gr.Button().click(look, picture, out, api_name="look")
    demo.queue(api_open=False)
    return demo
