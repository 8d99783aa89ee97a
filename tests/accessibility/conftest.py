"""The whole page with every kind of content in it, and models that stop where a test wants to look."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from core.actions import Action
from core.errors import BlockedError, EngineFailedError
from core.job import Job
from core.models import ModelCard
from core.requests import AskRequest, GenerateRequest
from core.results import Product
from core.vocabulary.vocabulary import Vocabulary
from store.people import People
from tests import chromium
from tests.accessibility.window import ADMIN, Window
from tests.program import ROOT, Painter, Painters, build, picture, png
from tests.ui.conftest import serve, services_of
from ui.services import Examples, RoleCard


@dataclass
class Slow(Painter):
    """A painter that can be held in the middle of a picture, with a preview to look at."""

    middle: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.middle.set()

    def _paint(self, request: GenerateRequest, job: Job) -> Product:
        job.step("base", 2, 4, preview=png())
        while not self.middle.is_set():
            job.pause(0.01)
        return super()._paint(request, job)


class Able(Painters):
    """Its models can all there is, so that every field of the form is on the page."""

    def cards(self, action: Action | None = None) -> list[ModelCard]:
        words = Vocabulary(things=("apple", "dog"), grounds=("white", "black"))
        return [
            replace(card, can=("refiner", "steps"), schedulers=("euler", "ddim"), vocabulary=words)
            for card in super().cards(action)
        ]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The page of a studio that has people, roles, settings and examples of everything."""
    folder = tmp_path_factory.mktemp("accessible")
    painter = Slow()
    program = build(folder, painter, engines=Able(painter))
    people = People(program.database)
    program.database.write(
        lambda connection: connection.executemany(
            "INSERT INTO people (name, role, disabled, password_hash, created) VALUES (?, ?, 0, 'x', '2026-01-01')",
            [(ADMIN, "admin"), ("creator-bea", "creator")],
        )
    )
    services = replace(
        services_of(program),
        people=people,
        roles=lambda: (
            RoleCard(name="admin", actions=("everything",)),
            RoleCard(name="creator", actions=("generate",)),
        ),
        hash_password=lambda password: password,
        settings={"data": "./data", "lanes": "thread"},
        examples=Examples(
            prompts=("a red apple", "two cats"), pictures=tuple(sorted((ROOT / "assets" / "examples").glob("*.png")))
        ),
    )
    with serve(program, services, folder) as served:
        admin = program.actor(name=ADMIN)
        for request in (
            GenerateRequest(prompt="a red apple"),
            AskRequest(image=picture(), question="What is this?"),
            GenerateRequest(prompt="a green apple"),
        ):
            painter.breaks = EngineFailedError("The model broke.") if request.words == "a green apple" else None
            program.studio.result(admin, program.studio.submit(admin, request))
        painter.breaks = None
        with suppress(BlockedError):
            program.studio.submit(admin, GenerateRequest(prompt="a naked woman"))
        yield served


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def window(browser, full) -> Any:
    """One window for all tests of a module: they visit the page one after the other, as a person does."""
    opened = Window(browser, full)
    yield opened
    assert opened.problems == []
    opened.context.close()
