"""What the gate decides by; the composition root makes it once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from core.actions import Action
from core.ports import Access
from server.accounts.identity import Identities
from server.addresses.public_root import PublicRoot
from server.addresses.visitor import Addresses
from server.limits.belongings import Belongings
from server.limits.deliveries import Deliveries
from server.limits.sessions import Sessions
from server.limits.streams import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything the gate decides by.

    Attributes:
        identities: who asks.
        access: what they may.
        permissions: number of each function of the page -> the action it needs. A function that is not listed is
            refused to everybody.
        names: API name, without slash -> number of the function.
        keyword: numbers of the functions that may be called with their inputs by name; None allows it for all.
        own: our own routes; they check permission themselves.
        public_origins: origins beside our own that may call from a browser.
        tools: MCP tool name -> number of the function; None keeps MCP shut.
        root: where the page lies for those who come through a proxy.
        largest_body: bytes of an upload; the other routes take far less.
        belongings: what belongs to whom.
        deliveries: counts uploads.
        require_room: raises StorageError while there is no room for an upload.
        addresses: where requests come from.
        sessions: how many sessions of the page each visitor may have.
        streams: how many answers may stay open.
        framed: whether the page is shown in a frame of huggingface.co, as on a Space.
    """

    identities: Identities
    access: Access
    permissions: Mapping[int, Action]
    names: Mapping[str, int]
    keyword: Collection[int] | None = None
    own: Sequence[BaseRoute] = ()
    public_origins: Collection[str] = ()
    tools: Mapping[str, int] | None = None
    root: PublicRoot = field(default_factory=PublicRoot)
    largest_body: int = 32 * 2**20
    belongings: Belongings = field(default_factory=Belongings)
    deliveries: Deliveries = field(default_factory=Deliveries)
    require_room: Callable[[], None] = lambda: None
    addresses: Addresses = field(default_factory=Addresses)
    sessions: Sessions = field(default_factory=Sessions)
    streams: Streams = field(default_factory=Streams)
    framed: bool = False
