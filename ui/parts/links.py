"""What one tab sends to another: components that both sides know, so that no tab imports another."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr


@dataclass(frozen=True, kw_only=True)
class Links:
    """The tabs of the page and what travels between them.

    Attributes:
        demo: the page, for what happens when it is opened.
        tabs: selecting one by its id brings it to the front.
        picture: a picture on its way to Tell.
        talk: a run whose talk is on its way to Tell, to be gone on with.
        form: a run whose request is on its way into the form of Show.
    """

    demo: gr.Blocks
    tabs: Any
    picture: Any
    talk: Any
    form: Any


def message(name: str) -> tuple[str, int]:
    """Return ``name`` so that sending the same one twice is two events."""
    return name, time.time_ns()
