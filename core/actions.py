"""Who asks, and what may be asked: the words that roles.yaml uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from core.address import Address
from core.people import GUEST


class Action(StrEnum):
    """The unit of permission. Every function of the page and the API declares exactly one."""

    OPEN_PAGE = "open_page"
    GENERATE = "generate"
    ASK = "ask"
    SPEAK = "speak"
    DESCRIBE = "describe"
    MODERATE = "moderate"
    SEE_PREVIEWS = "see_previews"
    SEE_OWN_RUNS = "see_own_runs"
    SEE_ALL_RUNS = "see_all_runs"
    SEE_MODELS = "see_models"
    SEE_DASHBOARD = "see_dashboard"
    ADMINISTER = "administer"


# Whoever may do one of these may bring a picture.
BRINGING = (Action.GENERATE, Action.ASK, Action.DESCRIBE, Action.MODERATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, with the role looked up for this very request.

    Attributes:
        name: unique name of the person, or ``guest-...`` for a visitor without an account.
        role: name of the role in roles.yaml.
        actions: what the role may do.
        limits: name of a limit -> its number; a limit that is absent does not bind.
        address: where the request comes from; None if that is not known.
    """

    name: str
    role: str
    actions: frozenset[Action]
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    address: Address | None = None

    def may(self, action: Action) -> bool:
        """Tell whether the role of this actor includes ``action``."""
        return action in self.actions

    @property
    def visitor(self) -> bool:
        """Whether this is a visitor without an account."""
        return self.name.startswith(GUEST)

    @property
    def party(self) -> str:
        """Who takes turns and has shares: an account by its name, visitors by their address where it is known.

        The sign in front keeps addresses apart from names, none of which begins with it.
        """
        return f"@{self.address.key}" if self.visitor and self.address else self.name

    def at(self, address: Address | None) -> Actor:
        """Return this actor asking from ``address``."""
        return replace(self, address=address)
