"""Numbers from the page come to the handler as they were written."""

from __future__ import annotations

from typing import Any

import gradio as gr


def hand_over_as_written() -> None:
    """Let number fields and sliders round and refuse nothing.

    Gradio 6.31 rounds a number to the precision of its component, and answers one out of range, or none, with a toast
    in its own words. The field of the request says at its place on the page what is allowed.
    """
    for component in (gr.Number, gr.Slider):
        component.preprocess = _as_written


def _as_written(_component: Any, payload: Any) -> Any:
    return payload
