"""The page: a thin header, the tabs this visitor may use, and the API endpoints."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action
from ui.endpoints import ENDPOINTS
from ui.framework import files as gradio_files
from ui.framework import numbers, restarts
from ui.framework.checked_calls import Page
from ui.parts import accessible
from ui.parts.fields import tips
from ui.parts.header import Header
from ui.parts.links import Links
from ui.parts.tab import Tab
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit
from ui.tabs import TABS

TITLE = "Show & Tell"
# What search engines, chats and bookmarks show of it.
WORDS = {
    "title": TITLE,
    "description": "Make a picture from words, ask about any picture, and hear the answer.",
    "preview": "Show & Tell, with a fox, an apple and a rocket that it made",
}

# Seconds between two sweeps of Gradio's copies of pictures, and the age from which a copy goes; the kept ones stay.
_SWEEP = (3_600, 86_400)


def build(services: Services) -> gr.Blocks:
    """Return the whole page. Building it loads no model and reads no run."""
    gradio_files.keep_uploads_apart()
    numbers.hand_over_as_written()
    gradio_files.serve_in_place((*services.pictures.folders, *services.examples.pictures))
    with Page(title=TITLE, delete_cache=_SWEEP, analytics_enabled=False, fill_width=True) as demo:
        Header(services).build(demo)
        picture, talk, form = gr.State(None), gr.State(None), gr.State(None)
        with gr.Tabs(elem_id="tabs") as tabs:
            links = Links(demo=demo, tabs=tabs, picture=picture, talk=talk, form=form)
            bar = _TabBar(services)
            for make in TABS:
                bar.add(make(services, links))
        demo.load(None, None, None, js=accessible.script(tips()))
        restarts.reload_after(demo)
        # One after the other: a tab has to be there before it can come to the front.
        opened = demo.load(bar.fit, None, bar.components, api_name="page_tabs", **PRIVATE)
        opened.then(bar.front, None, [tabs], api_name="page_front", **PRIVATE)
        for endpoints in ENDPOINTS:
            endpoints(services).add()
    return demo


class _TabBar:
    """Shows each visitor the tabs their role has a use for.

    That keeps the page tidy and protects nothing: every function checks the permission itself.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.components: list[Any] = []
        self._tabs: list[Tab] = []

    def add(self, tab: Tab) -> None:
        """Build a tab into the page, at first for nobody but its own role."""
        visible = tab.action in {Action.GENERATE, Action.ASK}
        with gr.Tab(tab.name, id=tab.id, visible=visible, elem_id=f"tab-{tab.id}") as component:
            tab.tab = component
            gr.HTML(f"<h2>{tab.name}</h2>", elem_id=f"{tab.id}-heading", elem_classes="visually-hidden")
            tab.build()
        self.components.append(component)
        self._tabs.append(tab)

    @needs(Action.OPEN_PAGE)
    def front(self, visit: Visit) -> Any:
        """Bring the tab the address names to the front, or the first this visitor may use."""
        allowed = [tab.id for tab in self._tabs if visit.actor.may(tab.action)]
        named = visit.query.get("tab")
        wanted = named if named in allowed else next(iter(allowed), None)
        # The first tab is in front already: a visitor who has opened another one meanwhile is not taken back to it.
        return gr.skip() if wanted == self._tabs[0].id else gr.Tabs(selected=wanted)

    @needs(Action.OPEN_PAGE)
    def fit(self, visit: Visit) -> list[Any]:
        """Return which tabs this visitor sees."""
        # A tab that was visible once leaves the bar only as "hidden": Gradio forgets to take out an invisible one.
        return [gr.update(visible=True if visit.actor.may(tab.action) else "hidden") for tab in self._tabs]
