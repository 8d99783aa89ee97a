"""Who is asking: an API token, a session of an account, the owner, or a visitor."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection

from core.people import GUEST, OWNER, People
from server.accounts import keys
from server.accounts.owner import Owner

SESSION_COOKIE = "show_and_tell_session"
VISITOR_COOKIE = "show_and_tell_visitor"
SESSION_LIFE = timedelta(days=7)
SESSION_IDLE = timedelta(hours=12)
# Where the gate leaves its answer, so that one request is never two persons.
SCOPE_KEY = "show_and_tell.identity"
_KEPT = 50_000


class UnknownKeyError(Exception):
    """A token or session was shown that is not valid (any more). ``code`` is the stable word for scripts."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks.

    Attributes:
        name: for ``Access.actor``.
        kind: ``token``, ``session``, ``owner`` or ``guest``.
        new_visitor: the value of the visitor's cookie, if it has to be set with this response.
    """

    name: str
    kind: str
    new_visitor: str = ""


class Identities:
    """Looks up who asks. Nothing is cached: a revoked key is refused at the next request."""

    def __init__(self, people: People, owner: Owner) -> None:
        self._people = people
        self._owner = owner
        self._seen: OrderedDict[str, float] = OrderedDict()

    def owner_mode(self) -> bool:
        """Tell whether there is an owner now. Where everybody is the owner, that ends with the first account."""
        return self._owner.mode == "key" or (self._owner.mode == "open" and not self._people.all())

    def identify(self, connection: HTTPConnection) -> Identity:
        """Return who asks. Reads the database; call it from a thread.

        Raises:
            UnknownKeyError: a token or session that is wrong, expired or ended. It never counts as a visitor.
        """
        token = shown_token(connection)
        if token is not None:
            if self._owner.is_key(token):
                return Identity(name=OWNER, kind="owner")
            name = self._people.name_of(keys.hashed(token), kind="token", now=keys.now())
            if name is None:
                raise UnknownKeyError("bad_token", "This API token is not valid, has expired or was revoked.")
            return Identity(name=name, kind="token")
        session = connection.cookies.get(SESSION_COOKIE)
        if session is not None:
            return Identity(name=self._session(session), kind="session")
        if self._owner.asks(connection) and self.owner_mode():
            return Identity(name=OWNER, kind="owner")
        return _visitor(connection.cookies.get(VISITOR_COOKIE, ""))

    def _session(self, key: str) -> str:
        key_hash = keys.hashed(key)
        name = self._people.name_of(key_hash, kind="session", now=keys.now())
        now = time.monotonic()
        if name is not None and now - self._seen.get(key_hash, now) > SESSION_IDLE.total_seconds():
            self._people.close_session(key_hash)
            name = None
        if name is None:
            self._seen.pop(key_hash, None)
            raise UnknownKeyError("session_ended", "Your session has ended. Please sign in again.")
        self._seen[key_hash] = now
        self._seen.move_to_end(key_hash)
        if len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
        return name


def current_name(connection: HTTPConnection) -> str | None:
    """Return the name the gate found, for Gradio's ``auth_dependency`` and for REST; None without a gate: refused."""
    identity = connection.scope.get(SCOPE_KEY)
    return identity.name if isinstance(identity, Identity) else None


def shown_token(connection: HTTPConnection) -> str | None:
    """Return the token of ``Authorization: Bearer`` or ``x-api-key``, or None if there is neither."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return connection.headers.get("x-api-key")


def _visitor(cookie: str) -> Identity:
    fresh = "" if keys.well_formed(cookie) else keys.new_key()
    digest = hashlib.sha256(f"visitor:{fresh or cookie}".encode()).hexdigest()[:24]
    return Identity(name=GUEST + digest, kind="guest", new_visitor=fresh)
