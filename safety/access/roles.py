"""roles.yaml: its schema, and the file as it is now."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, field_validator, model_validator

from core.actions import Action
from core.requests import ACTIONS, MAX_COUNT, MAX_STEPS
from safety import strict_yaml

ADMIN = "admin"
ANONYMOUS = "anonymous"

_log = logging.getLogger(__name__)
_FORBIDDEN_TO_STRANGERS = frozenset({Action.ADMINISTER, Action.SEE_ALL_RUNS, Action.DELETE_ALL_RUNS})

_Amount = Annotated[int, Field(ge=0, le=1_000_000)] | Literal["unlimited"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    @model_validator(mode="before")
    @classmethod
    def _only_known_words(cls, values: Any) -> Any:
        if isinstance(values, dict):
            unknown = sorted(str(key) for key in values if key not in cls.model_fields)
            if unknown:
                raise ValueError(f"unknown: {', '.join(unknown)}; valid words are {', '.join(cls.model_fields)}")
        return values


class Limits(_Closed):
    """Amounts of a role. Every one is written down; ``unlimited`` is a word, never a missing line.

    Files from before ``uploads_per_day`` may leave it out: it is then as high as ``runs_per_day``, since a run needs at
    most one picture.

    Attributes:
        max_steps: denoising steps of one request, at most.
        max_count: pictures of one request, at most.
        runs_per_day: runs of all kinds accepted since midnight UTC, at most.
        waiting_runs: runs of one person that are not final, at most.
        uploads_per_day: pictures brought since midnight UTC, at most.
    """

    max_steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | Literal["unlimited"]
    max_count: Annotated[int, Field(ge=1, le=MAX_COUNT)] | Literal["unlimited"]
    runs_per_day: _Amount
    waiting_runs: _Amount
    uploads_per_day: _Amount

    @model_validator(mode="before")
    @classmethod
    def _as_before(cls, values: Any) -> Any:
        if isinstance(values, dict) and "runs_per_day" in values:
            return {"uploads_per_day": values["runs_per_day"], **values}
        return values

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Name -> number, without the unlimited ones."""
        return MappingProxyType({name: value for name, value in self if isinstance(value, int)})


class Role(_Closed):
    """What a role may do, and how much of it."""

    actions: tuple[InstanceOf[Action], ...]
    limits: Limits

    @field_validator("actions", mode="before")
    @classmethod
    def _words(cls, words: Any) -> Any:
        if not isinstance(words, list):
            raise ValueError("give a list of actions")  # noqa: TRY004 - pydantic collects ValueError only
        wrong = [word for word in words if word not in ACTIONS]
        if wrong:
            raise ValueError(f"unknown: {', '.join(map(str, wrong))}; valid words are {', '.join(ACTIONS)}")
        return tuple(Action(word) for word in words)


class Roles(_Closed):
    """The whole file."""

    version: Literal[1]
    roles: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")], Role]

    @field_validator("roles")
    @classmethod
    def _sound(cls, roles: dict[str, Role]) -> dict[str, Role]:
        for name in (ADMIN, ANONYMOUS):
            if name not in roles:
                raise ValueError(f"the role {name} is missing")
        if Action.ADMINISTER not in roles[ADMIN].actions:
            raise ValueError("the role admin lacks administer; nobody could administer")
        too_much = _FORBIDDEN_TO_STRANGERS.intersection(roles[ANONYMOUS].actions)
        if too_much:
            raise ValueError(f"the role anonymous may never have {', '.join(sorted(too_much))}")
        return roles


class RolesFile:
    """The roles as the file says now; while the file is broken, as it said last. Thread-safe."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises ValueError with every problem if it cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._stamp = self._look()
        try:
            self._roles = self._read()
        except OSError as error:
            raise ValueError(f"{path.name} cannot be read: {error.strerror}.") from error

    def now(self) -> Mapping[str, Role]:
        """Return name -> role. Costs one look at the date of the file."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._roles = self._read()
                    _log.info("%s was read again", self._path.name)
                except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the last good one stays
                    _log.error("the roles stay as they were: %s", error)
            return self._roles.roles

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> Roles:
        try:
            text = self._path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{self._path.name} is not text in UTF-8 ({error.reason}).") from error
        return strict_yaml.parse(text, Roles, self._path.name)
