"""Who may do what, as roles.yaml says. A name that is not plainly an account or the owner has the fewest rights."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from core.actions import Action, Actor
from core.errors import LimitReachedError, NotPermittedError
from core.people import GUEST, OWNER
from core.ports import Access
from core.requests import ACTIONS, Request
from core.requests.flat import parameters, value_of
from safety.access.roles import ADMIN, ANONYMOUS, Role, RolesFile

# Everybody whom nobody knows goes by this one name, which no account and no visitor may have.
UNNAMED = f"{GUEST}unnamed"

_log = logging.getLogger(__name__)


class RoleAccess(Access):
    """Looks up the role for every request anew, so that a change of role holds from the next request on."""

    def __init__(self, roles: Path, role_of: Callable[[str], str | None], owner: Callable[[], bool]) -> None:
        """Read roles.yaml.

        Args:
            roles: the file.
            role_of: name of a person -> role; None if there is none of that name or it is disabled.
            owner: tells whether the visitor of this computer is its owner now.

        Raises:
            ValueError: roles.yaml cannot be used; the sentence lists every problem.
        """
        self._file = RolesFile(roles)
        self._role_of = role_of
        self._owner = owner

    def roles(self) -> tuple[str, ...]:
        """Return the names of all roles an account can have."""
        return tuple(self._file.now())

    def table(self) -> Mapping[str, Role]:
        """Return the roles in force: as the file says, or while it is broken, as it said last."""
        return self._file.now()

    def actor(self, name: str | None) -> Actor:
        """Return who that is now. None, unknown and disabled names are anonymous.

        Visitors named ``guest-...`` keep their name, so that their runs are their own. All the others whom nobody
        knows share one name, and therefore may not see or delete "their own" runs.
        """
        role_name = None if name in {None, "", UNNAMED} else self._role(str(name))
        roles = self._file.now()
        if name is None or role_name is None:
            role = roles[ANONYMOUS]
            actions = frozenset(role.actions) - {Action.SEE_OWN_RUNS, Action.DELETE_OWN_RUNS}
            return Actor(name=UNNAMED, role=ANONYMOUS, actions=actions, limits=role.limits.numbers)
        if role_name not in roles:
            _log.error("%s has the role %s, which roles.yaml does not know; it counts as anonymous", name, role_name)
            role_name = ANONYMOUS
        role = roles[role_name]
        return Actor(name=name, role=role_name, actions=frozenset(role.actions), limits=role.limits.numbers)

    def _role(self, name: str) -> str | None:
        try:
            if name == OWNER:
                return ADMIN if self._owner() is True else None
            return ANONYMOUS if name.startswith(GUEST) else self._role_of(name)
        except Exception:  # noqa: BLE001 - whatever the accounts raise, nobody gains rights by it
            _log.exception("the role could not be looked up; the request counts as anonymous")
            return None

    def require(self, actor: Actor, action: Action) -> None:
        """Return if the actor may, else raise NotPermittedError saying which role may and how to get it."""
        if actor.may(action):
            return
        able = [name for name, role in self._file.now().items() if action in role.actions and name != ANONYMOUS]
        doing = ACTIONS.get(action, action)
        if not able:
            raise NotPermittedError(f"{doing} is switched off on this site: no role includes it.")
        raise NotPermittedError(f"{doing} needs the role {' or '.join(sorted(able))}; {_how(actor)}")

    def within_limits(self, actor: Actor, request: Request, today: int, waiting: int) -> None:
        """Check the amounts of ``request`` against the role; see core.ports.Access. Raises LimitReachedError."""
        amounts: list[tuple[str, int, str]] = [
            ("runs_per_day", today + 1, "{most} runs a day; start again after midnight UTC"),
            ("waiting_runs", waiting + 1, "{most} runs waiting at once; let one end, or cancel one"),
        ]
        for parameter in parameters(type(request)).values():
            limit = parameter.about.limit
            if limit is not None:
                words = f"{{most}} {limit.amount} ({parameter.name} is {{value}}); ask for fewer"
                amounts.append((limit.name, value_of(request, parameter) or 0, words))
        for name, value, words in amounts:
            _within(actor, name, value, words)

    def may_bring(self, actor: Actor, today: int) -> None:
        """Check the pictures somebody brings against the role; see core.ports.Access. Raises LimitReachedError."""
        _within(actor, "uploads_per_day", today + 1, "{most} pictures brought a day; bring more after midnight UTC")


def _within(actor: Actor, name: str, value: int, words: str) -> None:
    most = actor.limits.get(name)
    if most is not None and value > most:
        amount = words.format(most=most, value=value)
        raise LimitReachedError(f"The role {actor.role} may have at most {amount}. Limit: {name}.")


def _how(actor: Actor) -> str:
    if actor.role == ANONYMOUS:
        return "you are not signed in. Sign in with such an account, or ask an admin of this site for one."
    return f"yours is {actor.role}. Ask an admin of this site to change it."
