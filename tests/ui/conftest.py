from __future__ import annotations

import os
import socket
from dataclasses import dataclass

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import pytest
from fastapi import Request
from gradio_client import Client

from safety.uploads import PictureDoor
from store.library import Library
from store.statistics import Statistics
from tests.house import House, build
from ui import page, theme
from ui.desk import Desk, Examples, StyleChoice


@dataclass
class Served:
    """The whole page on a port of its own; ``x-name`` says who asks."""

    house: House
    desk: Desk
    demo: gr.Blocks
    url: str

    def client(self, name: str = "creator") -> Client:
        return Client(self.url, headers={"x-name": name}, token=False, verbose=False, analytics_enabled=False)


def desk_of(house: House) -> Desk:
    return Desk(
        studio=house.studio,
        access=house.access,
        library=Library(house.database),
        statistics=Statistics(house.database),
        uploads=PictureDoor(),
        pictures=house.pictures,
        engines=house.engines,
        guard=house.guard,
        styles=(StyleChoice(id="flat", title="Flat"), StyleChoice(id="photograph", title="Photograph")),
        examples=Examples(prompts=("a red apple", "two cats")),
        machine=lambda: {"Memory": "1 GB"},
    )


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    # Gradio serves what lies in the temporary folder of the system or is allowed by name.
    folder = tmp_path_factory.mktemp("house")
    house = build(folder)
    house.studio.start()
    desk = desk_of(house)
    demo = page.build(desk)
    demo.queue(api_open=False)

    def name_of(request: Request) -> str:
        return request.headers.get("x-name", "guest-nobody")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, url, _ = demo.launch(
        auth_dependency=name_of,
        server_name="127.0.0.1",
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        theme=theme.theme(),
        allowed_paths=[str(folder)],
    )
    yield Served(house, desk, demo, url)
    demo.close()
    house.close()


@pytest.fixture
def house(tmp_path):
    house = build(tmp_path)
    house.studio.start()
    yield house
    house.close()


@pytest.fixture
def desk(house):
    return desk_of(house)


@dataclass
class Asking:
    """A request as Gradio hands it to a handler."""

    username: str | None
    query_params: dict[str, str]


@pytest.fixture
def asking():
    return lambda name, **query: Asking(name, query)
