"""What the page works with: wiring.py passes all of it in, nothing is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from core.actions import Actor
from core.address import Address
from core.people import People
from core.ports import Access, Engines, Guard, Uploads
from core.queries import Library, Statistics
from core.storage import Pictures
from core.studio import Studio
from ui.framework.calls import Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleChoice:
    """A prompt style as the form shows it.

    Attributes:
        id: name in requests.
        title: name for people.
        words: what the style adds to a prompt, for the tooltip.
    """

    id: str
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What a newcomer can try with the model in use; the first prompt is the one a first visitor sees."""

    prompts: tuple[str, ...] = ("a red apple",)
    questions: tuple[str, ...] = ("What is this?", "What colour is the background?", "How many things are there?")
    pictures: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCard:
    """A role as the admin page shows it: the words of roles.yaml."""

    name: str
    actions: tuple[str, ...]
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the page uses of the rest of the program.

    Attributes:
        voice_on: False where speech is switched off for everybody.
        name_of: request -> the name the gate found. A request that did not come through Gradio's queue is of another
            class, without a user name.
        address_of: request -> where it comes from, if that is known.
        machine: names a figure of this computer (with its unit) -> its value, measured when called.
        roles: the roles as they are now.
        people: accounts, or None where there are none.
        hash_password: (password, name of the account) -> the stored form of a new password, or InvalidRequestError with
            what is wrong with it; None if accounts cannot be made here.
        password_rule: what a password has to be, in a few words.
        root: path of the page, such as ``/studio``; empty at the top of a host.
        owner_by_key: the owner shows a key, so a visitor may be the owner who has not shown it yet.
        settings: what the environment says, without secrets.
        calls: programs that wait for a run.
    """

    studio: Studio
    access: Access
    library: Library
    statistics: Statistics
    uploads: Uploads
    pictures: Pictures
    engines: Engines
    guard: Guard
    styles: tuple[StyleChoice, ...] = ()
    examples: Examples = field(default_factory=Examples)
    voice_on: bool = True
    name_of: Callable[[Any], str | None] = lambda request: getattr(request, "username", None)
    address_of: Callable[[Any], Address | None] = lambda _: None
    machine: Callable[[], Mapping[str, str]] = dict
    roles: Callable[[], tuple[RoleCard, ...]] = tuple
    people: People | None = None
    hash_password: Callable[[str, str], str] | None = None
    password_rule: str = ""
    root: str = ""
    owner_by_key: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request to the page: who asks, with the role of this very moment, and the address they came by."""

    actor: Actor
    query: Mapping[str, Any] = field(default_factory=dict)


def visit(services: Services, request: gr.Request) -> Visit:
    """Return who asks. A request without a known name is anonymous."""
    name = services.name_of(request)
    query = getattr(request, "query_params", None)
    actor = services.access.actor(name if isinstance(name, str) else None)
    # Gradio's own class copies what is asked of it as JSON; the request that the gate saw is inside.
    seen = getattr(request, "request", request)
    address = None if seen is None else services.address_of(seen)
    return Visit(actor=actor.at(address), query=dict(query) if query else {})
