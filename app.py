"""The composition root: reads the settings, wires the house, starts it. Alone in knowing everybody."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Before Gradio is imported: it reads these once.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# A thread of a model that waits for its siblings sleeps instead of spinning: beside another busy program, spinning
# makes a picture take minutes instead of a second.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# It would tell at every load that torchvision is absent, which is intended.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


import settings as configuration
import ui.mcp
import ui.page
import ui.permission
import ui.theme
from core.actions import Action
from core.board import Board
from core.errors import StudioError
from core.studio import Studio
from core.worker import Worker
from pipelines.catalogue import Catalogue
from pipelines.concept_checker import ConceptChecker
from pipelines.lanes import InlineLane, ThreadLane
from pipelines.spec import ModelSpec, read_lanes, read_specs
from pipelines.styles import read_styles
from safety.access import RoleAccess
from safety.guard import RuleGuard
from safety.provenance import PngMarker
from safety.roles import RolesFile
from safety.rules import bundled_checker
from safety.uploads import PictureDoor
from server import accounts, assembly, passwords, readiness
from server.identity import Identities, current_name
from server.rules import Rules
from store.database import NAME, Database
from store.library import Library
from store.people import People
from store.pictures import Pictures
from store.run_log import RunLog
from store.statistics import Statistics
from ui import Blocks
from ui.desk import Desk, Examples, RoleCard, StyleChoice

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CHECKER = configuration.ROOT / "assets" / "models" / "emoji-checker"
# Published figures without names and prompts, shown to Prometheus too.
_METRICS = ("outcomes", "latency", "waiting", "refusals", "models")
# Which rows of models.yaml may speak, by the setting `voice`.
_VOICES: Mapping[str, frozenset[str]] = {
    "auto": frozenset({"auto-voice", "gtts", "offline-voice"}),
    "gtts": frozenset({"gtts"}),
    "offline": frozenset({"offline-voice"}),
    "off": frozenset(),
}


@dataclass
class House:
    """The wired program, before and after its start."""

    settings: configuration.Settings
    database: Database
    people: People
    catalogue: Catalogue
    studio: Studio
    guard: RuleGuard
    access: RoleAccess
    demo: Blocks
    launch: dict[str, Any]
    preloading: threading.Thread | None = field(default=None)

    def start(self) -> str:
        """Serve the page and return its address; lanes work and models load behind it."""
        self.studio.start()
        _, url, _ = self.demo.launch(prevent_thread_lock=True, quiet=True, **self.launch)
        if self.settings.mcp:
            ui.mcp.call_in_place(self.demo.mcp_server_obj)
        if self.settings.preload:
            self.preloading = threading.Thread(target=self._prepare, name="prepare", daemon=True)
            self.preloading.start()
        return str(url)

    def _prepare(self) -> None:
        self.catalogue.preload().join()
        self.guard.self_test()

    def loading(self) -> bool:
        """Tell whether models are still being loaded in the background, or will be as soon as the page is up."""
        return self.settings.preload and (self.preloading is None or self.preloading.is_alive())

    def stop(self) -> None:
        """Refuse new requests, finish the runs in hand, close the database."""
        self.demo.close()
        self.studio.stop()
        self.database.close()


def build(settings: configuration.Settings) -> House:
    """Wire the house. Imports no model library, loads no model."""
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    local = host in _LOOPBACK and "SPACE_ID" not in os.environ
    database = Database(settings.data)
    log, pictures, people, board = RunLog(database), Pictures(settings.data), People(database), Board()
    identities = Identities(people, owner=settings.owner == "on" and local)
    access = RoleAccess(settings.roles, lambda name: _role_of(people, name), identities.owner_mode)
    guard, door = RuleGuard([lambda: bundled_checker.rule(_CHECKER, ConceptChecker)]), PictureDoor()
    specs = tuple(spec for spec in read_specs(settings.models) if _may_speak(spec, settings.voice))
    off = {Action.SPEAK} if settings.voice == "off" else set()
    catalogue = Catalogue(specs, read_styles(settings.styles), off=off)
    worker = Worker(log=log, engines=catalogue, guard=guard, marker=PngMarker(), pictures=pictures, board=board)
    lane = InlineLane if settings.lanes == "inline" else ThreadLane
    studio = Studio(
        access=access,
        guard=guard,
        engines=catalogue,
        log=log,
        pictures=pictures,
        worker=worker,
        board=board,
        lanes={name: lane(name, workers) for name, workers in read_lanes(settings.models, specs).items()},
        most_waiting=settings.max_queue,
    )
    library, statistics = Library(database), Statistics(database)
    desk = Desk(
        studio=studio,
        access=access,
        library=library,
        statistics=statistics,
        uploads=door,
        pictures=pictures,
        engines=catalogue,
        guard=guard,
        styles=tuple(StyleChoice(id=s.id, title=s.title, words=s.prompt) for s in catalogue.styles.values()),
        examples=Examples(pictures=tuple(sorted((configuration.ROOT / "assets" / "examples").glob("*.png")))),
        voice_on=settings.voice != "off",
        name_of=lambda request: getattr(request, "username", None) or current_name(request),
        machine=lambda: readiness.machine(settings.data),
        roles=lambda: _roles(settings.roles),
        people=people,
        hash_password=lambda password: passwords.hashed(passwords.check(password)),
        settings={name: str(value) for name, value in settings.model_dump(exclude={"admin"}).items()},
    )
    demo = ui.page.build(desk)
    permissions, names = ui.permission.table(demo)
    demo.queue(api_open=False, max_size=500, default_concurrency_limit=None)
    house = House(settings, database, people, catalogue, studio, guard, access, demo, {})
    own = assembly.own_routes(
        assembly.House(
            studio=studio,
            library=library,
            people=people,
            statistics=statistics,
            checks=readiness.checks(
                loading=house.loading, problems=lambda: guard.problems, require_room=database.space.require
            ),
            questions=_METRICS,
        )
    )
    rules = Rules(
        identities=identities,
        access=access,
        permissions=permissions,
        names=names,
        own=own,
        public_origins=settings.public_origins,
        tools=names if settings.mcp else None,
    )
    data = settings.data.resolve()
    house.launch = {
        # Handlers return kept files; Gradio copies them into its cache, and the gate knows whom it showed which copy.
        "allowed_paths": [str(data / name) for name in ("pictures", "thumbnails", "sounds")],
        "blocked_paths": [str(settings.roles), str(settings.models), *_database_files(data)],
        "theme": ui.theme.theme(),
        "css_paths": [ui.theme.CSS],
        "mcp_server": settings.mcp,
        **assembly.launch_options(own, rules),
    }
    _first_admin(people, settings)
    return house


def _database_files(data: Path) -> list[str]:
    return [str(data / f"{NAME}{suffix}") for suffix in ("", "-wal", "-shm")]


def _role_of(people: People, name: str) -> str | None:
    person = people.find(name)
    return person.role if person and not person.disabled else None


def _may_speak(spec: ModelSpec, voice: str) -> bool:
    return Action.SPEAK not in spec.serves or spec.id in _VOICES[voice]


def _first_admin(people: People, settings: configuration.Settings) -> None:
    if settings.admin is None:
        return
    name, _, password = settings.admin.get_secret_value().partition(":")
    if people.find(name) is None:
        accounts.add(people, name, "admin", password)


def _roles(path: Path) -> tuple[RoleCard, ...]:
    return tuple(
        RoleCard(name=name, actions=tuple(role.actions), limits=role.limits.numbers)
        for name, role in RolesFile(path).now().items()
    )


def main() -> None:
    """Start the program, or manage its accounts (``python app.py accounts ...``)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "bitsandbytes"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    settings = configuration.read()
    try:
        if sys.argv[1:2] == ["accounts"]:
            roles = RolesFile(settings.roles).now()
            sys.exit(accounts.main(People(Database(settings.data)), sys.argv[2:], roles=tuple(roles)))
        house = build(settings)
        url = house.start()
    except (StudioError, ValueError) as error:
        sys.exit(f"The program cannot start: {error}")
    print(f"Show & Tell is at {url}", flush=True)  # noqa: T201 - the one line a newcomer waits for
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    house.stop()


if __name__ == "__main__":
    main()
