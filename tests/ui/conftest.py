from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import pytest
from fastapi import Request
from gradio_client import Client

from benchmarks.program import free_port
from safety.pictures.uploads import PictureReader
from store.runs.library import Library
from store.statistics import Statistics
from tests.program import Program, build
from ui import page
from ui.parts import theme
from ui.parts.links import Links
from ui.services import Examples, Services, StyleChoice


@dataclass
class Served:
    """The whole page on a port of its own; ``x-name`` says who asks."""

    program: Program
    services: Services
    demo: gr.Blocks
    url: str

    def client(self, name: str = "creator") -> Client:
        return Client(self.url, headers={"x-name": name}, token=False, verbose=False, analytics_enabled=False)


def services_of(program: Program) -> Services:
    return Services(
        studio=program.studio,
        access=program.access,
        library=Library(program.database),
        statistics=Statistics(program.database),
        uploads=PictureReader(),
        pictures=program.pictures,
        engines=program.engines,
        guard=program.guard,
        styles=(StyleChoice(id="flat", title="Flat"), StyleChoice(id="photograph", title="Photograph")),
        examples=Examples(prompts=("a red apple", "two cats")),
        machine=lambda: {"Memory": "1 GB"},
    )


@contextmanager
def serve(program: Program, services: Services, folder: Path, *, port: int = 0) -> Iterator[Served]:
    """Serve the whole page, on a free port unless one is named.

    The folder must be under the temporary one of the system, from which Gradio serves.
    """
    program.studio.start()
    demo = page.build(services)
    demo.queue(api_open=False)
    _, url, _ = demo.launch(
        auth_dependency=_name_of,
        server_name="127.0.0.1",
        server_port=port or free_port(),
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        theme=theme.theme(),
        css_paths=theme.CSS,
        footer_links=["api"],
        allowed_paths=[str(folder)],
    )
    yield Served(program, services, demo, url)
    demo.close()
    program.close()


def _name_of(request: Request) -> str:
    return request.headers.get("x-name", "guest-nobody")


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    program = build(folder)
    with serve(program, services_of(program), folder) as page_served:
        yield page_served


@pytest.fixture
def program(tmp_path):
    program = build(tmp_path)
    program.studio.start()
    yield program
    program.close()


@pytest.fixture
def services(program):
    return services_of(program)


@dataclass
class Asking:
    """A request as Gradio hands it to a handler."""

    username: str | None
    query_params: dict[str, str]


@pytest.fixture
def asking():
    return lambda name, **query: Asking(name, query)


def placed(kind, services):
    """Build one tab on a page of its own and return it."""
    with gr.Blocks() as demo:
        picture, talk, form = gr.State(None), gr.State(None), gr.State(None)
        with gr.Tabs() as tabs, gr.Tab(kind.name, id=kind.id) as holder:
            tab = kind(services, Links(demo=demo, tabs=tabs, picture=picture, talk=talk, form=form))
            tab.tab = holder
            tab.build()
    return tab


@pytest.fixture
def place():
    """Return what builds one tab on a page of its own."""
    return placed


@pytest.fixture
def value():
    """Return what an update changes a property to."""
    return lambda update, name="value": update.get(name) if isinstance(update, dict) else update
