"""The composition root: makes every part and gives each what it needs. No other module knows all packages."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.routing import BaseRoute

from core.actions import Action
from core.runs import Status
from core.studio import Studio
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.spec import ModelSpec, read_lanes, read_specs
from pipelines.catalogue.styles import read_styles
from pipelines.lanes import InlineLane, ThreadLane
from pipelines.moderation.concept_checker import ConceptChecker
from pipelines.network import proxies
from safety.access.access import RoleAccess
from safety.guard import RuleGuard
from safety.pictures.uploads import PictureReader
from safety.provenance.marker import PngMarker
from safety.rules import bundled_checker
from server import assembly
from server.accounts import owner_key, passwords
from server.accounts.identity import Identities, current_name
from server.accounts.owner import Owner, host_name
from server.addresses import desktop
from server.addresses import visitor as addresses
from server.addresses.public_root import PublicRoot, public_url
from server.delivery import assets
from server.gate.context import Rules
from server.health import readiness
from server.limits.sessions import Sessions
from settings import ROOT, Settings
from startup import command_line, environment, serving
from store import address_key
from store.database import NAME, Database
from store.media.pictures import Pictures
from store.media.sweep import Sweep
from store.media.temporary import Temporary
from store.people import People
from store.runs.library import Library
from store.runs.run_log import RunLog
from store.statistics import Statistics

# Before Gradio is imported: it reads its variables once, and would stumble over mistakes in them.
IGNORED = environment.settle()
with proxies.set_aside(), environment.without(*serving.TOLD):
    import ui.framework.frontend
    import ui.framework.memory
    import ui.page
    import ui.parts.theme
    import ui.permission
    from startup.preloading import Preloading
    from startup.program import Program
    from ui.services import Examples, RoleCard, Services, StyleChoice

_CHECKER = ROOT / "assets" / "models" / "emoji-checker"
# Published figures without names and prompts, shown to Prometheus too.
_METRICS = ("outcomes", "latency", "waiting", "refusals", "models")


def build(settings: Settings) -> Program:
    """Make all parts of the program. Imports no model library, loads no model."""
    root, data = PublicRoot.parse(settings.root_path), settings.data.resolve()
    database = Database(settings.data)
    log, people = RunLog(database), People(database)
    pictures, temporary = Pictures(data, database.space), Temporary(data / "temporary", database.space)
    os.environ["GRADIO_TEMP_DIR"] = str(temporary.path)  # The default would be shared with other users.
    owner = _owner(settings, root)
    identities = Identities(people, owner)
    access = RoleAccess(settings.roles, lambda name: _role_of(people, name), identities.owner_mode)
    guard = RuleGuard([lambda: bundled_checker.rule(_CHECKER, ConceptChecker)])
    specs = tuple(spec for spec in read_specs(settings.models) if _may_speak(spec, settings.voice))
    catalogue = Catalogue(
        specs,
        read_styles(settings.styles),
        off={Action.SPEAK} if settings.voice == "off" else set(),
        hub=settings.hub == "on",
    )
    lane = InlineLane if settings.lanes == "inline" else ThreadLane
    studio = Studio(
        access=access,
        guard=guard,
        engines=catalogue,
        log=log,
        pictures=pictures,
        marker=PngMarker(),
        lanes={name: lane(name, workers) for name, workers in read_lanes(settings.models, specs).items()},
        most_waiting=settings.max_queue,
    )
    library, statistics = Library(database), Statistics(database)
    services = Services(
        studio=studio,
        access=access,
        library=library,
        statistics=statistics,
        uploads=PictureReader(),
        pictures=pictures,
        engines=catalogue,
        guard=guard,
        styles=tuple(StyleChoice(id=s.id, title=s.title, words=s.prompt) for s in catalogue.styles.values()),
        examples=Examples(pictures=tuple(sorted((ROOT / "assets" / "examples").glob("*.png")))),
        voice_on=settings.voice != "off",
        name_of=lambda request: getattr(request, "username", None) or current_name(request),
        address_of=addresses.current_address,
        machine=lambda: readiness.machine(settings.data),
        roles=lambda: _roles(access),
        people=people,
        hash_password=lambda password, name: passwords.hashed(passwords.check(password, name)),
        password_rule=f"{passwords.SHORTEST} characters or more",
        root=root.path,
        owner_by_key=owner.mode == "key",
        settings={name: str(value) for name, value in settings.model_dump(exclude={"admin"}).items()},
    )
    demo = ui.page.build(services)
    ui.framework.frontend.use_own_head(
        ui.page.WORDS, public_url, framed=bool(settings.space_id), style=ui.parts.theme.FIRST.read_text("utf-8")
    )
    demo.queue(api_open=False, max_size=500, default_concurrency_limit=None)
    under_way = [status for status in Status if not status.final]
    preloading = Preloading(catalogue, guard, wanted=settings.preload, busy=lambda: any(map(library.count, under_way)))
    own = assembly.own_routes(
        studio=studio,
        library=library,
        people=people,
        statistics=statistics,
        checks=readiness.checks(
            loading=preloading.pending,
            broken=catalogue.problems,
            problems=lambda: guard.problems,
            require_room=database.space.require,
        ),
        questions=_METRICS,
        owner=owner,
    )
    permissions, names = ui.permission.table(demo)
    secret = address_key.address_key(settings.data)
    rules = Rules(
        identities=identities,
        access=access,
        permissions=permissions,
        names=names,
        keyword=ui.permission.public(demo),
        own=own,
        public_origins=settings.public_origins,
        tools=names if settings.mcp else None,
        require_room=temporary.require_room,
        addresses=addresses.Addresses(
            secret, proxies=addresses.trust(settings.trusted_proxies, on_space=bool(settings.space_id))
        ),
        root=root,
        sessions=Sessions(ui.framework.memory.SessionMemory(demo)),
        framed=bool(settings.space_id),
    )
    command_line.first_admin(people, settings.admin)
    return Program(
        settings=settings,
        database=database,
        people=people,
        catalogue=catalogue,
        studio=studio,
        guard=guard,
        access=access,
        sweep=Sweep(database, pictures, temporary, keep_days=settings.keep_days),
        preloading=preloading,
        owner=owner,
        root=root,
        demo=demo,
        launch={
            "blocked_paths": [str(settings.roles), str(settings.models), *_secret_files(data)],
            "theme": ui.parts.theme.theme(),
            "css_paths": ui.parts.theme.CSS,
            "mcp_server": settings.mcp,
            **assembly.launch_options(own, rules, _files()),
        },
    )


def _files() -> list[BaseRoute]:
    gradios = ui.framework.frontend
    return assets.routes(gradios.ASSETS, gradios.STATIC, ROOT / "assets" / "page", gradios.unused())


def _secret_files(data: Path) -> list[str]:
    database = [f"{NAME}{suffix}" for suffix in ("", "-wal", "-shm")]
    return [str(data / name) for name in (*database, owner_key.NAME, desktop.NAME, address_key.NAME)]


def _owner(settings: Settings, root: PublicRoot) -> Owner:
    # The log of a Space is read by others, and everybody reaches its port.
    mode = "off" if settings.space_id else settings.owner
    key = owner_key.read_or_make(settings.data) if mode == "key" else ""
    origins = (*settings.public_origins, root.origin)
    return Owner(mode, key, [host_name(origin.partition("://")[2]) for origin in origins if origin])


def _role_of(people: People, name: str) -> str | None:
    person = people.find(name)
    return person.role if person and not person.disabled else None


def _may_speak(spec: ModelSpec, voice: str) -> bool:
    return Action.SPEAK not in spec.serves or voice in spec.voice


def _roles(access: RoleAccess) -> tuple[RoleCard, ...]:
    return tuple(
        RoleCard(name=name, actions=tuple(role.actions), limits=role.limits.numbers)
        for name, role in access.table().items()
    )
