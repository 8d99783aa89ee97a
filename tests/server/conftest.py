from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.actions import Action
from core.people import Person
from server.accounts import keys, passwords
from server.accounts.identity import SESSION_COOKIE, current_name
from server.assembly import middleware, own_routes
from server.gate.context import Rules
from server.gate.gate import own_middleware_alone
from tests.server.page import build
from tests.server.program import SmallHouse

PASSWORD = "correct horse battery staple"
FUNCTIONS = {
    "make": Action.GENERATE,
    "reply": Action.ASK,
    "figures": Action.SEE_DASHBOARD,
    "govern": Action.ADMINISTER,
    "forgotten": None,
}


class Room:
    """The disk behind the page: there is room on it, until a test says otherwise."""

    def require(self) -> None:
        return


class Site:
    """A launched page with the gate in front of it."""

    def __init__(self, program: SmallHouse, url: str, names: dict[str, int], ran: list[tuple[str, str]]) -> None:
        self.program, self.url, self.names, self.ran = program, url, names, ran
        self.keys: dict[str, str] = {}
        self.room = Room()
        self._open = ExitStack()

    def client(self, who: str = "guest", **options: Any) -> httpx.Client:
        """A browser of ``who``: guest, a person with a session, ``token:NAME``, or one of the dead keys."""
        headers, cookies = {}, {}
        if who == "bad token":
            headers = {"Authorization": "Bearer st_nonsense"}
        elif who.startswith("token:") or who == "revoked token":
            headers = {"x-api-key": self.keys[who]}
        elif who != "guest":
            cookies = {SESSION_COOKIE: self.keys[who]}
        made = httpx.Client(base_url=self.url, headers=headers, cookies=cookies, timeout=20, **options)
        return self._open.enter_context(made)

    def close(self) -> None:
        self._open.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(program: SmallHouse, folder: Path, **rules: Any) -> tuple[Any, Site]:
    ran: list[tuple[str, str]] = []
    demo = build(ran, folder)
    names = {fn.api_name: number for number, fn in demo.fns.items()}
    wanted = FUNCTIONS | {"look": Action.ASK}
    permissions = {names[name]: action for name, action in wanted.items() if action}
    routes = own_routes(
        studio=program.studio,
        library=program.library,
        people=program.people,
        statistics=program.statistics,
        checks={"disk": lambda: None},
        questions=("outcomes",),
    )
    port = _free_port()
    site = Site(program, f"http://127.0.0.1:{port}", names, ran)
    made = Rules(identities=program.identities, access=program.access, permissions=permissions, names=names, own=routes,
                 keyword=[fn._id for fn in demo.fns.values() if fn.api_visibility == "public"],
                 largest_body=2**20, require_room=lambda: site.room.require(), **rules)  # fmt: skip  # noqa: PLW0108 - a test replaces it
    demo.launch(
        auth_dependency=current_name, ssr_mode=False, run_history=False, enable_monitoring=False, show_error=False,
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", server_port=port,
        app_kwargs={"routes": routes, "middleware": middleware(made), "lifespan": own_middleware_alone},
    )  # fmt: skip
    return demo, site


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder and a cache of its own, so that no file of the repository can be served by accident."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        patch.setenv("GRADIO_ALLOWED_PATHS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, elsewhere: Path) -> Iterator[Site]:
    folder = elsewhere
    program = SmallHouse(tmp_path_factory.mktemp("shelf"))
    stored = passwords.hashed(PASSWORD)
    week = keys.after(timedelta(days=7))
    for name, role in (("ann", "admin"), ("carl", "creator"), ("vera", "viewer"), ("carla", "creator")):
        program.people.add(Person(name=name, role=role), stored)
    demo, made = launch(program, folder, public_origins=("https://friend.example",))
    for name in ("ann", "carl", "vera", "carla"):
        for kind, who in (("session", name), ("token", f"token:{name}")):
            made.keys[who] = keys.new_key()
            program.people.open_session(keys.hashed(made.keys[who]), name, kind=kind, expires=week)
    made.keys["expired session"] = keys.new_key()
    program.people.open_session(
        keys.hashed(made.keys["expired session"]), "ann", kind="session", expires=keys.after(-timedelta(seconds=5))
    )
    made.keys["revoked token"] = keys.new_token()
    program.people.open_session(keys.hashed(made.keys["revoked token"]), "ann", kind="token", expires=week)
    program.people.close_session(keys.hashed(made.keys["revoked token"]))
    running = program.running()
    next(running)
    yield made
    next(running, None)
    made.close()
    demo.close()
