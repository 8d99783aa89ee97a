"""A whole small house behind the server: real core, and the other folders' ports at their smallest."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.actions import Action, Actor
from core.admission.places import Shares
from core.errors import InvalidRequestError, LimitReachedError, NotPermittedError, UnknownModelError, UnknownRunError
from core.media import Picture
from core.models import ModelCard, ModelState, Resolved
from core.people import GUEST, OWNER, Person
from core.requests import ACTIONS, GenerateRequest
from core.results import MadePicture, Product
from core.runs import Run, Status
from core.studio import Studio
from server.accounts import keys
from server.accounts.identity import Identities
from server.accounts.owner import Owner

ROLES = {
    "admin": frozenset(ACTIONS),
    "creator": frozenset(ACTIONS) - {Action.ADMINISTER, Action.SEE_ALL_RUNS},
    "viewer": frozenset({Action.OPEN_PAGE, Action.ASK, Action.SEE_OWN_RUNS}),
    "anonymous": frozenset({Action.OPEN_PAGE, Action.SEE_OWN_RUNS, Action.ASK}),
}
DAILY = 40


def png(size: int, shade: int) -> bytes:
    """A grey square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade % 256]) * 3 * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Town:
    """Accounts in memory: core.people.People."""

    def __init__(self) -> None:
        self._people: dict[str, tuple[Person, str]] = {}
        self._keys: dict[str, tuple[str, str, str]] = {}

    def all(self) -> Sequence[Person]:
        return [person for person, _ in self._people.values()]

    def find(self, name: str) -> Person | None:
        return self._people[name][0] if name in self._people else None

    def add(self, person: Person, password_hash: str) -> None:
        if person.name in self._people or person.name == OWNER or person.name.startswith(GUEST):
            raise InvalidRequestError("name", person.name, "a free name")
        self._people[person.name] = (person, password_hash)

    def change(
        self, name: str, *, role: str | None = None, disabled: bool | None = None, password_hash: str = ""
    ) -> None:
        if name not in self._people:
            raise InvalidRequestError("name", name, "the name of an account")
        person, before = self._people[name]
        role = person.role if role is None else role
        person = Person(name=name, role=role, disabled=person.disabled if disabled is None else disabled)
        self._people[name] = (person, password_hash or before)
        self._keys = {key: row for key, row in self._keys.items() if row[:2] != (name, "session")}

    def password_hash(self, name: str) -> str | None:
        person, stored = self._people.get(name, (None, None))
        return None if person is None or person.disabled else stored

    def open_session(self, key_hash: str, name: str, *, kind: str, expires: str) -> None:
        self._keys[key_hash] = (name, kind, expires)

    def name_of(self, key_hash: str, *, kind: str, now: str) -> str | None:
        name, kept, expires = self._keys.get(key_hash, ("", "", ""))
        person = self.find(name)
        return name if kept == kind and expires > now and person and not person.disabled else None

    def close_session(self, key_hash: str) -> None:
        self._keys.pop(key_hash, None)


class Roles:
    """core.ports.Access over ROLES."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.identities: Identities | None = None

    def actor(self, name: str | None) -> Actor:
        person = self._town.find(name or "")
        role = person.role if person and not person.disabled else "anonymous"
        if name == OWNER and self.identities and self.identities.owner_mode():
            role = "admin"
        return Actor(name=name or f"{GUEST}unnamed", role=role, actions=ROLES[role])

    def require(self, actor: Actor, action: Action) -> None:
        if not actor.may(action):
            raise NotPermittedError(f"The role {actor.role} may not {action}.")

    def within_limits(self, actor: Actor, request: object, today: int, waiting: int) -> None:
        if today >= DAILY:
            raise LimitReachedError(f"At most {DAILY} runs a day.")


class Painter:
    """An engine and its catalogue in one: core.ports.Engine and Engines."""

    environment: Mapping[str, Any] = {"device": "none"}

    def __init__(self) -> None:
        self.may_paint = threading.Event()
        self.may_paint.set()

    def cards(self, action: Action | None = None) -> Sequence[ModelCard]:
        sizes = {"square": (8, 8), "portrait": (6, 8)}
        card = ModelCard(id="grey", title="Grey", action=Action.GENERATE, engine="grey", lane="easel", licence="none",
                         state=ModelState.READY, sizes=sizes)  # fmt: skip
        return (card,)

    def chosen(self, action: Action) -> ModelCard:
        return self.cards()[0]

    def resolve(self, request: Any) -> Resolved:
        if request.model not in {"auto", "grey"}:
            raise UnknownModelError("model", request.model, "auto, grey")
        return Resolved(card=self.cards()[0], request=replace(request, model="grey"))

    def get(self, model: str, action: Action) -> Painter:
        return self

    def run(self, request: GenerateRequest, job: Any) -> Product:
        while not self.may_paint.wait(0.05):
            job.check()
        made = [MadePicture(picture=Picture(png=png(8, s), width=8, height=8), seed=s) for s in request.seeds]
        return Product(pictures=tuple(made))


class Rulebook:
    """A guard that knows one bad word, and a marker that writes nothing."""

    def inspect(self, content: Any) -> tuple[()]:
        from core.errors import BlockedError

        if any("forbidden" in text for _, text in content.texts):
            raise BlockedError("That word is not drawn here.", ())
        return ()

    def mark(self, picture: Picture, record: Mapping[str, Any]) -> Picture:
        return picture


class Shelf:
    """core.storage.Pictures in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, picture: Picture) -> None:
        (self._folder / f"{picture.sha256}.png").write_bytes(picture.png)

    def path(self, sha256: str) -> Path:
        path = self._folder / f"{sha256}.png"
        if not path.exists():
            raise UnknownRunError("There is no such picture.")
        return path

    thumbnail = path

    def load(self, sha256: str) -> Picture:
        return Picture(png=self.path(sha256).read_bytes(), width=8, height=8)


class Log:
    """Rows in memory: core.storage.RunLog and core.queries.Library and Statistics, as far as the server asks."""

    def __init__(self) -> None:
        self._rows: dict[str, Run] = {}
        self._lock = threading.Lock()

    def accept(self, run: Any) -> None:
        fields = {name: getattr(run, name) for name in run.__slots__ if name != "party"}
        with self._lock:
            self._rows[run.id] = Run(**fields, queued=keys.now())

    def claim(self, lane: str) -> Run | None:
        with self._lock:
            waiting = [run for run in self._rows.values() if run.lane == lane and run.status is Status.QUEUED]
            if not waiting:
                return None
            run = self._rows[waiting[0].id] = replace(waiting[0], status=Status.RUNNING, started=keys.now())
            return run

    def saving(self, run_id: str) -> None:
        self._rows[run_id] = replace(self._rows[run_id], status=Status.SAVING)

    def finish(self, run_id: str, outcome: Any) -> bool:
        with self._lock:
            run = self._rows[run_id]
            if run.status.final:
                return False
            fields = {name: getattr(outcome, name) for name in outcome.__slots__}
            self._rows[run_id] = replace(run, **fields, finished=keys.now(), seconds=2.0)
            return True

    def recover(self, lanes: Any) -> tuple[str, ...]:
        return ()

    def stopping(self) -> None:
        return

    def put_back(self) -> None:
        with self._lock:
            for run in self._rows.values():
                if run.status in {Status.RUNNING, Status.SAVING}:
                    self._rows[run.id] = replace(run, status=Status.QUEUED, started=None)

    def get(self, run_id: str) -> Run:
        if run_id not in self._rows:
            raise UnknownRunError(f"There is no run {run_id}.")
        return self._rows[run_id]

    def position(self, run_id: str) -> int:
        return 0

    def waiting(self) -> int:
        return sum(run.status is Status.QUEUED for run in self._rows.values())

    def counts(self, actor: str) -> tuple[int, int]:
        return sum(run.actor == actor and run.status is not Status.DENIED for run in self._rows.values()), 0

    def shares(self, party: str) -> Shares:
        open_runs = [run for run in self._rows.values() if not run.status.final]
        return Shares(waiting=self.waiting(), party_waiting=sum(run.actor == party for run in open_runs))

    def runs(self, **asked: Any) -> Sequence[Run]:
        return [run for run in reversed(self._rows.values()) if run.status is asked["status"]]

    def run_of_picture(self, sha256: str, *, actor: str | None = None) -> Run | None:
        made = [run for run in self._rows.values() if any(kept.sha256 == sha256 for kept in run.pictures)]
        return next((run for run in reversed(made) if actor in {None, run.actor}), None)

    def has_picture(self, sha256: str, *, actor: str | None = None) -> bool:
        owners = {run.actor for run in self._rows.values() for kept in run.pictures if kept.sha256 == sha256}
        return bool(owners) if actor is None else actor in owners

    def ask(self, name: str, *, days: int = 30) -> Sequence[Mapping[str, Any]]:
        done = sum(run.status is Status.DONE for run in self._rows.values())
        return [{"status": "done", "runs": done, "actor": "ann"}]


class Easel:
    """A lane with one thread."""

    name = "easel"

    def __init__(self) -> None:
        self._awake = threading.Event()
        self._stopped = False

    def start(self, work: Any) -> None:
        def turn() -> None:
            while not self._stopped:
                self._awake.wait()
                self._awake.clear()
                while work():
                    pass

        threading.Thread(target=turn, daemon=True).start()

    def wake(self) -> None:
        self._awake.set()

    def attend(self) -> None:
        return

    def stop(self) -> None:
        self._stopped = True
        self.wake()


class SmallHouse:
    """Everything wired."""

    def __init__(self, folder: Path, *, owner: Owner | None = None, lane: Any = None) -> None:
        self.town, self.log, self.painter, self.shelf = Town(), Log(), Painter(), Shelf(folder)
        self.access = Roles(self.town)
        self.identities = self.access.identities = Identities(self.town, owner or Owner())
        book = Rulebook()
        self.studio = Studio(
            access=self.access,
            engines=self.painter,
            guard=book,
            marker=book,
            log=self.log,
            pictures=self.shelf,
            lanes={"easel": lane or Easel()},
        )

    def running(self) -> Iterator[SmallHouse]:
        self.studio.start()
        yield self
        self.studio.stop()
