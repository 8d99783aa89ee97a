from __future__ import annotations

import gradio as gr
import pytest

from ui.links import Links


@pytest.fixture
def place():
    """Build one tab on a page of its own and return it."""

    def build(kind, desk):
        with gr.Blocks() as demo:
            picture, form = gr.State(None), gr.State(None)
            with gr.Tabs() as tabs, gr.Tab(kind.name, id=kind.id) as holder:
                tab = kind(desk, Links(demo=demo, tabs=tabs, picture=picture, form=form))
                tab.tab = holder
                tab.build()
        return tab

    return build


@pytest.fixture
def value():
    """Return what an update changes a property to."""
    return lambda update, name="value": update.get(name) if isinstance(update, dict) else update
