"""What stands behind the server, for its tests: real core, store, roles and rules; its engine needs no model."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.actions import Action
from core.ports import Lane
from core.requests import ACTIONS
from core.studio import Studio
from core.vocabulary.vocabulary import Vocabulary
from pipelines.lanes import ThreadLane
from safety.access.access import RoleAccess
from safety.guard import RuleGuard
from safety.provenance.marker import PngMarker
from server.accounts.identity import Identities
from server.accounts.owner import Owner
from store.database import Database
from store.media.pictures import Pictures
from store.people import People
from store.runs.library import Library
from store.runs.run_log import RunLog
from store.space import Space
from store.statistics import Statistics
from tests.program import Painter, Painters

ROLES = {
    "admin": frozenset(ACTIONS),
    "creator": frozenset(ACTIONS) - {Action.ADMINISTER, Action.SEE_ALL_RUNS, Action.DELETE_ALL_RUNS},
    "viewer": frozenset({Action.OPEN_PAGE, Action.ASK, Action.SEE_OWN_RUNS}),
    "anonymous": frozenset({Action.OPEN_PAGE, Action.SEE_OWN_RUNS, Action.ASK}),
}
DAILY = 40
_LIMITS = {"max_steps": "unlimited", "max_count": "unlimited", "runs_per_day": DAILY, "waiting_runs": "unlimited"}


def png(size: int, shade: int) -> bytes:
    """Return a grey square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade % 256]) * 3 * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class SmallHouse:
    """The program without its page, over a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        owner: Owner | None = None,
        lane: Lane | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.database = Database(folder, space=Space(folder, floor=0, ballast=4096))
        self.people, self.log = People(self.database), RunLog(self.database)
        self.library, self.statistics = Library(self.database), Statistics(self.database)
        self.painter = Painter()
        self.identities = Identities(self.people, owner or Owner())
        self.access = RoleAccess(_roles_file(folder), self._role_of, self.identities.owner_mode)
        lane = lane or ThreadLane("local")
        self.studio = Studio(
            access=self.access,
            engines=Painters(self.painter, vocabulary),
            guard=RuleGuard(),
            marker=PngMarker(),
            log=self.log,
            pictures=Pictures(folder),
            lanes={lane.name: lane},
        )

    def running(self) -> Iterator[SmallHouse]:
        self.studio.start()
        yield self
        self.studio.stop()
        self.database.close()

    def _role_of(self, name: str) -> str | None:
        person = self.people.find(name)
        return person.role if person and not person.disabled else None


def _roles_file(folder: Path) -> Path:
    """Write ROLES as a roles.yaml; JSON is YAML too."""
    roles = {name: {"actions": sorted(actions), "limits": _LIMITS} for name, actions in ROLES.items()}
    path = folder / "roles.yaml"
    path.write_text(json.dumps({"version": 1, "roles": roles}), encoding="utf-8")
    return path
