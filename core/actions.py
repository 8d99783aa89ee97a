"""Who asks, and what may be asked: the words that roles.yaml uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import ClassVar

from core.address import Address
from core.people import GUEST


class Action(str):
    """The unit of permission: a word of roles.yaml. Every function of the page and the API declares exactly one.

    The words are open: a request brings its own (``core.requests``), and those of the page stand in PAGE.
    """

    __slots__ = ()

    GENERATE: ClassVar[Action]
    ASK: ClassVar[Action]
    SPEAK: ClassVar[Action]
    DESCRIBE: ClassVar[Action]
    OPEN_PAGE: ClassVar[Action]
    MODERATE: ClassVar[Action]
    SEE_PREVIEWS: ClassVar[Action]
    SEE_OWN_RUNS: ClassVar[Action]
    SEE_ALL_RUNS: ClassVar[Action]
    DELETE_OWN_RUNS: ClassVar[Action]
    DELETE_ALL_RUNS: ClassVar[Action]
    SEE_MODELS: ClassVar[Action]
    SEE_DASHBOARD: ClassVar[Action]
    ADMINISTER: ClassVar[Action]

    @property
    def value(self) -> str:
        """The bare word."""
        return str(self)


# The actions of requests that ship with the program have names here, for code that requires one.
Action.GENERATE = Action("generate")
Action.ASK = Action("ask")
Action.SPEAK = Action("speak")
Action.DESCRIBE = Action("describe")
Action.OPEN_PAGE = Action("open_page")
Action.MODERATE = Action("moderate")
Action.SEE_PREVIEWS = Action("see_previews")
Action.SEE_OWN_RUNS = Action("see_own_runs")
Action.SEE_ALL_RUNS = Action("see_all_runs")
Action.DELETE_OWN_RUNS = Action("delete_own_runs")
Action.DELETE_ALL_RUNS = Action("delete_all_runs")
Action.SEE_MODELS = Action("see_models")
Action.SEE_DASHBOARD = Action("see_dashboard")
Action.ADMINISTER = Action("administer")

# What is done without a run -> what people call it in a sentence about permission.
PAGE: Mapping[Action, str] = {
    Action.OPEN_PAGE: "Opening this page",
    Action.MODERATE: "Trying the safety rules",
    Action.SEE_PREVIEWS: "Seeing previews",
    Action.SEE_OWN_RUNS: "Seeing your runs",
    Action.SEE_ALL_RUNS: "Seeing everybody's runs",
    Action.DELETE_OWN_RUNS: "Deleting your runs",
    Action.DELETE_ALL_RUNS: "Deleting everybody's runs",
    Action.SEE_MODELS: "Seeing the models",
    Action.SEE_DASHBOARD: "Seeing the dashboard",
    Action.ADMINISTER: "Administering",
}


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
