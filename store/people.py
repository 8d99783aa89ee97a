"""Accounts, sessions and API tokens. Secrets arrive hashed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Sequence

from core import people
from core.errors import ConflictError, InvalidRequestError
from core.people import GUEST, OWNER, Person
from store import times
from store.database import Database
from store.text import clean

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")
_NAMES = (
    f"Use 2 to 64 letters, digits or . _ @ - with a letter or digit first; not {OWNER}, and nothing that begins with "
    f"{GUEST}."
)
_ALLOWED = (
    f"2 to 64 letters, digits or . _ @ - with a letter or digit first, not taken, not {OWNER!r}, not beginning "
    f"with {GUEST!r}"
)

_CHANGE = """
UPDATE people
SET role = coalesce(:role, role), disabled = coalesce(:disabled, disabled),
    password_hash = coalesce(:password_hash, password_hash)
WHERE name = :name
"""
_NAME_OF = """
SELECT people.name FROM sessions JOIN people ON people.name = sessions.name
WHERE key_hash = ? AND kind = ? AND expires > ? AND NOT disabled
"""


class People(people.People):
    """See ``core.people.People``. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Person]:
        """See ``core.people.People.all``."""
        with self._database.read() as connection:
            return _all(connection)

    def find(self, name: str) -> Person | None:
        """See ``core.people.People.find``."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM people WHERE name = ?", (clean(name),)).fetchone()
        return _person(row) if row else None

    def add(self, person: Person, password_hash: str) -> None:
        """See ``core.people.People.add``."""
        name = person.name
        if not _NAME.fullmatch(name) or name.lower() == OWNER or name.lower().startswith(GUEST):
            raise InvalidRequestError("name", name, _ALLOWED, advice=_NAMES)
        row = (name, person.role, person.disabled, password_hash, times.now())
        try:
            self._database.write(
                lambda connection: connection.execute(
                    "INSERT INTO people (name, role, disabled, password_hash, created) VALUES (?, ?, ?, ?, ?)", row
                )
            )
        except sqlite3.IntegrityError as error:
            raise InvalidRequestError("name", name, _ALLOWED, advice="Somebody has this name already.") from error

    def change(
        self,
        name: str,
        *,
        role: str | None = None,
        disabled: bool | None = None,
        password_hash: str = "",
        expected: Person | None = None,
        keep: Collection[str] = (),
    ) -> None:
        """See ``core.people.People.change``. Its tokens end, too."""
        values = {"name": clean(name), "role": role, "disabled": disabled, "password_hash": password_hash or None}

        def work(connection: sqlite3.Connection) -> None:
            before = _all(connection)
            if connection.execute(_CHANGE, values).rowcount == 0:
                raise InvalidRequestError("name", name, "the name of an account")
            if expected is not None and expected not in before:
                raise ConflictError(f"{name} was changed by somebody else meanwhile. Nothing was changed.")
            if keep and _left(before, keep) and not _left(_all(connection), keep):
                raise ConflictError(
                    f"{name} is the last account that may administer: give another one that role first."
                    " Nothing was changed."
                )
            connection.execute("DELETE FROM sessions WHERE name = ?", (values["name"],))

        self._database.write(work)

    def password_hash(self, name: str) -> str | None:
        """See ``core.people.People.password_hash``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT password_hash FROM people WHERE name = ? AND NOT disabled", (clean(name),)
            ).fetchone()
        return str(row["password_hash"]) if row else None

    def open_session(self, key_hash: str, name: str, *, kind: str, expires: str) -> None:
        """See ``core.people.People.open_session``. Raises InvalidRequestError if there is no account of that name."""
        now = times.now()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            connection.execute(
                "INSERT INTO sessions (key_hash, kind, name, created, expires) VALUES (?, ?, ?, ?, ?)",
                (key_hash, kind, clean(name), now, times.same(expires)),
            )

        try:
            self._database.write(work)
        except sqlite3.IntegrityError as error:
            raise InvalidRequestError("name", name, "the name of an account, for a session or a token") from error

    def name_of(self, key_hash: str, *, kind: str, now: str) -> str | None:
        """See ``core.people.People.name_of``."""
        with self._database.read() as connection:
            row = connection.execute(_NAME_OF, (clean(key_hash), kind, times.same(now))).fetchone()
        return str(row["name"]) if row else None

    def close_session(self, key_hash: str) -> None:
        """See ``core.people.People.close_session``."""
        self._database.write(
            lambda connection: connection.execute("DELETE FROM sessions WHERE key_hash = ?", (clean(key_hash),))
        )


def _all(connection: sqlite3.Connection) -> list[Person]:
    return [_person(row) for row in connection.execute("SELECT * FROM people ORDER BY name COLLATE NOCASE")]


def _left(people: Sequence[Person], keep: Collection[str]) -> bool:
    return any(person.role in keep and not person.disabled for person in people)


def _person(row: sqlite3.Row) -> Person:
    return Person(name=row["name"], role=row["role"], disabled=bool(row["disabled"]))
