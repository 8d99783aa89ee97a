"""People with accounts. Hashes and cookies are made in server/, rows are kept in store/."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

# Names no account may take: the visitor of a personal computer, and visitors without an account.
OWNER = "owner"
GUEST = "guest-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account. ``role`` is a name in roles.yaml; a disabled account is anonymous."""

    name: str
    role: str
    disabled: bool = False


class People(Protocol):
    """Accounts, their sessions and their API tokens. Secrets arrive here hashed and leave never."""

    def all(self) -> Sequence[Person]:
        """Return every account, by name."""
        ...

    def find(self, name: str) -> Person | None:
        """Return the account of that name."""
        ...

    def add(self, person: Person, password_hash: str) -> None:
        """Add an account. Raises InvalidRequestError if the name is taken, reserved or malformed."""
        ...

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
        """Change an account and end its sessions, in one step with the looks that ``expected`` and ``keep`` ask for.

        Args:
            name: of the account.
            role: new role, or None to leave it.
            disabled: new state, or None to leave it.
            password_hash: of the new password; empty to leave it.
            expected: the account as the one who changes it saw it.
            keep: roles of which at least one account has to be left that is not disabled.

        Raises:
            InvalidRequestError: there is no account of that name.
            ConflictError: the account is not as expected any more, or it is the last of those to keep.
        """
        ...

    def password_hash(self, name: str) -> str | None:
        """Return the stored hash, or None if there is no such account or it is disabled."""
        ...

    def open_session(self, key_hash: str, name: str, *, kind: str, expires: str) -> None:
        """Keep a ``session`` or an API ``token`` (the ``kind``) by the hash of its key until ``expires``."""
        ...

    def name_of(self, key_hash: str, *, kind: str, now: str) -> str | None:
        """Return whose live session or token that is; None if unknown, expired, ended, or the account is disabled."""
        ...

    def close_session(self, key_hash: str) -> None:
        """End a session or token now."""
        ...
