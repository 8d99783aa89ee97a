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
from typing import Any, NoReturn

import command_line
import environment
import serving
import settings as configuration
from core.actions import Action
from core.board import Board
from core.errors import StudioError
from core.studio import Studio
from core.worker import Worker
from pipelines import proxies
from pipelines.catalogue import Catalogue
from pipelines.concept_checker import ConceptChecker
from pipelines.lanes import InlineLane, ThreadLane
from pipelines.spec import ModelSpec, read_specs
from pipelines.styles import read_styles
from safety.access import RoleAccess
from safety.guard import RuleGuard
from safety.provenance import PngMarker
from safety.roles import RolesFile
from safety.rules import bundled_checker
from safety.uploads import PictureDoor
from server import accounts, address, addresses, assembly, desktop, owner_key, passwords, readiness
from server.identity import Identities, current_name
from server.owner import Owner, host_name
from server.public_root import PublicRoot
from server.rules import Rules
from store.address_key import NAME as ADDRESS_KEY
from store.address_key import address_key
from store.database import NAME, Database
from store.library import Library
from store.people import People
from store.pictures import Pictures
from store.run_log import RunLog
from store.statistics import Statistics
from store.sweep import Sweep
from store.temporary import Temporary

_log = logging.getLogger(__name__)
_IGNORED = environment.settle()
with proxies.set_aside(), environment.without(*serving.TOLD):
    import ui.mcp
    import ui.page
    import ui.permission
    import ui.theme
    from ui import Blocks
    from ui.desk import Desk, Examples, RoleCard, StyleChoice

# From the wish to stop to the end of the process.
_LAST_SECONDS = 9.0
_CHECKER = configuration.ROOT / "assets" / "models" / "emoji-checker"
_DATABASE = ("", "-wal", "-shm")
# Published figures without names and prompts, shown to Prometheus too.
_METRICS = ("outcomes", "latency", "waiting", "refusals", "models")
# Which rows of models.yaml may speak, by the setting `voice`.
_VOICES: Mapping[str, frozenset[str]] = {
    "auto": frozenset({"auto-voice", "gtts", "offline-voice"}),
    "gtts": frozenset({"gtts"}),
    "offline": frozenset({"offline-voice"}),
    "off": frozenset(),
}

_log = logging.getLogger(__name__)


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
    sweep: Sweep
    demo: Blocks
    owner: Owner
    root: PublicRoot
    launch: dict[str, Any] = field(default_factory=dict)
    preloading: threading.Thread | None = field(default=None)

    def start(self) -> str:
        """Serve the page and return its address; lanes work and models load behind it."""
        host, wanted = self.settings.server_name, self.settings.server_port
        port = address.choose(host, wanted)
        self.studio.start()
        try:
            # Only now is it certain that no other process works on the data folder.
            self.sweep.start()
            url = serving.serve(self.demo, host, port, wanted, self.launch)
        except BaseException:
            # The lanes work already, and what they have in hand is no crash's.
            self.studio.stop()
            raise
        if self.settings.mcp:
            ui.mcp.call_in_place(self.demo.mcp_server_obj, self.database.space.require)
        if self.settings.preload:
            self.preloading = threading.Thread(target=self._prepare, name="prepare", daemon=True)
            self.preloading.start()
        return self.root.page(url)

    def _prepare(self) -> None:
        # The checker of pictures first: it is small, and uploads wait for it.
        self.guard.self_test()
        self.catalogue.preload().join()
        if self.guard.problems:
            self.guard.self_test()

    def loading(self) -> bool:
        """Tell whether models are still being loaded in the background, or will be as soon as the page is up."""
        return self.settings.preload and (self.preloading is None or self.preloading.is_alive())

    def stop(self) -> None:
        """Queue the runs in hand again, tell whoever waits for them, close the page and the database."""
        # While the page is still up: whoever waits gets a sentence instead of a broken connection.
        self.studio.stop()
        self.sweep.stop()
        self.demo.close(verbose=False)
        self.database.close()


def build(settings: configuration.Settings) -> House:
    """Wire the house. Imports no model library, loads no model."""
    root = PublicRoot.parse(settings.root_path)
    database, data = Database(settings.data), settings.data.resolve()
    log, pictures, people, board = RunLog(database), Pictures(data, database.space), People(database), Board()
    temporary = Temporary(data / "temporary", database.space)
    os.environ["GRADIO_TEMP_DIR"] = str(temporary.path)  # The default would be shared with other users.
    owner = _owner(settings, root)
    identities = Identities(people, owner)
    access = RoleAccess(settings.roles, lambda name: _role_of(people, name), identities.owner_mode)
    guard, door = RuleGuard([lambda: bundled_checker.rule(_CHECKER, ConceptChecker)]), PictureDoor()
    specs = tuple(spec for spec in read_specs(settings.models) if _may_speak(spec, settings.voice))
    catalogue = Catalogue(specs, read_styles(settings.styles), off={Action.SPEAK} if settings.voice == "off" else set())
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
        lanes={name: lane(name) for name in {spec.lane for spec in specs}},
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
        address_of=addresses.current_address,
        machine=lambda: readiness.machine(settings.data),
        roles=lambda: _roles(access),
        people=people,
        hash_password=lambda password: passwords.hashed(passwords.check(password)),
        root=root.path,
        owner_by_key=owner.mode == "key",
        settings={name: str(value) for name, value in settings.model_dump(exclude={"admin"}).items()},
    )
    demo = ui.page.build(desk)
    permissions, names = ui.permission.table(demo)
    demo.queue(api_open=False, max_size=500, default_concurrency_limit=None)
    sweep = Sweep(database, pictures, temporary)
    house = House(settings, database, people, catalogue, studio, guard, access, sweep, demo, owner, root)
    own = assembly.own_routes(
        assembly.House(
            studio=studio,
            library=library,
            people=people,
            statistics=statistics,
            checks=readiness.checks(
                loading=house.loading,
                broken=catalogue.problems,
                problems=lambda: guard.problems,
                require_room=database.space.require,
            ),
            questions=_METRICS,
            owner=owner,
            inline=settings.lanes == "inline",
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
        require_room=temporary.require_room,
        addresses=addresses.Addresses(address_key(settings.data), proxies=addresses.trust(settings.trusted_proxies)),
        root=root,
    )
    house.launch = {
        "blocked_paths": [str(settings.roles), str(settings.models), *_secret_files(data)],
        "theme": ui.theme.theme(),
        "css_paths": [ui.theme.CSS],
        "mcp_server": settings.mcp,
        **assembly.launch_options(own, rules),
    }
    command_line.first_admin(people, settings.admin)
    return house


def _secret_files(data: Path) -> list[str]:
    database = [f"{NAME}{suffix}" for suffix in _DATABASE]
    return [str(data / name) for name in (*database, owner_key.NAME, desktop.NAME, ADDRESS_KEY)]


def _owner(settings: configuration.Settings, root: PublicRoot) -> Owner:
    # The log of a Space is read by others, and everybody reaches its port.
    mode = "off" if settings.space_id else settings.owner
    key = owner_key.read_or_make(settings.data) if mode == "key" else ""
    origins = (*settings.public_origins, root.origin)
    return Owner(mode, key, [host_name(origin.partition("://")[2]) for origin in origins if origin])


def _role_of(people: People, name: str) -> str | None:
    person = people.find(name)
    return person.role if person and not person.disabled else None


def _may_speak(spec: ModelSpec, voice: str) -> bool:
    return spec.serves is not Action.SPEAK or spec.id in _VOICES[voice]


def _roles(access: RoleAccess) -> tuple[RoleCard, ...]:
    return tuple(
        RoleCard(name=name, actions=tuple(role.actions), limits=role.limits.numbers)
        for name, role in access.table().items()
    )


def _print_key(settings: configuration.Settings) -> str | None:
    """Print the owner's key and return None, or return why there is none."""
    if settings.owner != "key" or settings.space_id:
        return "There is no owner's key here: SHOW_AND_TELL_OWNER has to be key, and this must not be a Space."
    try:
        print(owner_key.kept(settings.data))  # noqa: T201 - what was asked for
    except StudioError as error:
        return str(error)
    return None


def main() -> None:
    """Start the program, manage its accounts (``python app.py accounts ...``), or print the owner's key (``key``)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "bitsandbytes"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    words = command_line.understood(sys.argv[1:])
    settings = configuration.read()
    for sentence in (*_IGNORED, *proxies.problems()):
        _log.warning(sentence)
    if words[:1] == ["key"]:
        sys.exit(_print_key(settings))
    wanted = threading.Event()
    try:
        if words:
            roles = RolesFile(settings.roles).now()
            sys.exit(accounts.main(People(Database(settings.data)), words[1:], roles=tuple(roles)))
        _listen(wanted)
        house = build(settings)
        url = house.start()
    except (StudioError, ValueError, OSError) as error:
        sys.exit(f"The program cannot start: {error}")
    entry = house.owner.entry(url)
    print(f"Show & Tell is at {entry}", flush=True)  # noqa: T201 - the one line a newcomer waits for
    if house.owner.mode == "open":
        _log.warning("SHOW_AND_TELL_OWNER is open: everybody who reaches this port may do everything.")
    if settings.browser == "auto" and desktop.is_there():
        desktop.open_page(entry, settings.data)
    wanted.wait()
    _leave(house)


def _listen(wanted: threading.Event) -> None:
    """Let the first signal to stop be a wish, and the second an order."""

    def stop(number: int, _: object) -> None:
        if wanted.is_set():
            os._exit(128 + number)
        wanted.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A program started by nohup outlives its terminal.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def _leave(house: House) -> NoReturn:
    """Stop and end, within ``_LAST_SECONDS`` whatever hangs."""
    print("Stopping. What is not done yet goes on at the next start.", flush=True)  # noqa: T201 - an answer to Ctrl-C
    # In a thread of its own: this one has to hear the second signal.
    stopping = threading.Thread(target=house.stop, name="stop", daemon=True)
    stopping.start()
    stopping.join(_LAST_SECONDS)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not by returning: Python would end the threads that are inside a model by force, which C++ answers with an abort.
    os._exit(0)


if __name__ == "__main__":
    main()
