"""Dashboard: what happens in this studio. Every figure is one published query."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action
from core.runs import Status
from ui.parts import markup
from ui.parts.links import Links
from ui.parts.tab import Tab
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

# What most people look for comes first; what is not listed follows as published.
_FIRST = ("runs_by_day", "outcomes", "popular_prompts", "people", "latency", "waiting", "models")
_SPANS = [("Today", 1), ("7 days", 7), ("30 days", 30), ("A year", 365)]


class Dashboard(Tab):
    """The tab with the figures. It is filled after the role was checked, never while the page is built."""

    id = "dashboard"
    name = "Dashboard"
    action = Action.SEE_DASHBOARD

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None

    def build(self) -> None:
        """See ``Tab.build``."""
        with gr.Row(elem_id="dashboard-controls"):
            self.days = gr.Radio(
                _SPANS, value=30, show_label=False, label="Time", elem_id="dashboard-days", elem_classes="chips"
            )
            self.again = gr.Button("Refresh", size="sm", elem_id="dashboard-refresh", scale=0, min_width=96)
        self.now = gr.HTML(elem_id="dashboard-now")
        self.figures = gr.HTML(elem_id="dashboard-figures")
        gr.on(
            [self.tab.select, self.days.input, self.again.click],
            self.fill,
            [self.days],
            [self.now, self.figures],
            api_name="dashboard_fill",
            **PRIVATE,
        )

    @needs(Action.SEE_DASHBOARD)
    def fill(self, _visit: Visit, days: int) -> tuple[str, str]:
        """Ask every question anew."""
        names = sorted(
            self.services.statistics.names(),
            key=lambda name: (name not in _FIRST, _FIRST.index(name) if name in _FIRST else 0),
        )
        figures = "".join(self._figure(name, days) for name in names)
        return self._present(), f"<div class='figures-grid'>{figures}</div>"

    def _present(self) -> str:
        library = self.services.library
        tiles = {
            "Waiting": str(library.count(Status.QUEUED)),
            "Running": str(library.count(Status.RUNNING)),
            **self.services.machine(),
        }
        shown = "".join(
            f"<div class='tile'><b>{markup.text(value)}</b><span>{markup.text(name)}</span></div>"
            for name, value in tiles.items()
        )
        return f"<div class='tiles'>{shown}</div>"

    def _figure(self, name: str, days: int) -> str:
        table = markup.rows(self.services.statistics.ask(name, days=days))
        sql = self.services.statistics.sql(name).strip()
        words = markup.text(name.replace("_", " ").capitalize())
        first = sql.splitlines()[0]
        means = (
            f"<p class='quiet'>{markup.text(first.removeprefix('--').strip())}</p>" if first.startswith("--") else ""
        )
        folded = f"<details><summary>Show the SQL</summary><pre>{markup.text(sql)}</pre></details>"
        return f"<section class='figure'><h3>{words}</h3>{means}{table}{folded}</section>"
