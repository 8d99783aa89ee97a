"""The program without a server, for tests: the real log, pictures, roles and rules; its engine needs no model."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from core.actions import Action, Actor
from core.errors import EngineFailedError, InvalidRequestError, UnknownModelError
from core.job import Job
from core.media import Picture, Sound
from core.models import ModelCard, ModelState, Resolved
from core.ports import Engine, Engines, Lane
from core.progress import ProgressFeed
from core.requests import AskRequest, DescribeRequest, GenerateRequest, Request, SpeakRequest
from core.requests.flat import changed
from core.results import MadePicture, Product
from core.studio import Studio
from core.vocabulary.vocabulary import Vocabulary
from core.worker import Worker
from pipelines.catalogue import known_words
from pipelines.lanes import InlineLane, ThreadLane
from safety.access.access import RoleAccess
from safety.guard import RuleGuard
from safety.provenance.marker import PngMarker
from store.database import Database
from store.media.pictures import Pictures
from store.runs.run_log import RunLog
from store.space import Space

ROOT = Path(__file__).resolve().parent.parent


def png(colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (32, 32)) -> bytes:
    """Return a small picture of one colour with a frame, as a file."""
    image = Image.new("RGB", size, colour)
    image.paste((255, 255, 255), (4, 4, size[0] - 4, size[1] - 4))
    image.paste(colour, (8, 8, size[0] - 8, size[1] - 8))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def picture(colour: tuple[int, int, int] = (200, 30, 30)) -> Picture:
    return Picture(png=png(colour), width=32, height=32)


@dataclass
class Painter(Engine):
    """Paints one plain picture per seed, answers by rote, beeps for speech; can be held, and can be made to break.

    ``pause_after`` and ``breaks_after`` count the pictures of one run; ``painted`` lists the seeds of all.
    """

    hold: threading.Event = field(default_factory=threading.Event)
    breaks: Exception | None = None
    answer: str = "It is red. It is square."
    seconds_per_step: float = 0.0
    pause_after: int | None = None
    breaks_after: int | None = None
    painted: list[int] = field(default_factory=list)
    runs: int = 0
    environment: Mapping[str, Any] = field(default_factory=lambda: {"engine": "painter", "version": 1})

    def __post_init__(self) -> None:
        self.hold.set()

    def run(self, request: Request, job: Job) -> Product:
        self.runs += 1
        while not self.hold.is_set():
            job.pause(0.01)
        if self.breaks:
            raise self.breaks
        match request:
            case GenerateRequest():
                return self._paint(request, job)
            case AskRequest() | DescribeRequest():
                for word in self.answer.split(" "):
                    job.say(f"{word} ")
                return Product(text=job.end_of_answer().strip(), facts={"confidence": 0.9})
            case SpeakRequest():
                return Product(sound=_beep())
            case _:
                raise EngineFailedError(f"A painter cannot {request.action}.")

    def _paint(self, request: GenerateRequest, job: Job) -> Product:
        steps, made, facts = request.sampling.steps or 4, [], {"prompt": request.prompt}
        for number, seed in [*enumerate(request.seeds)][job.kept :]:
            while self.pause_after is not None and number >= self.pause_after:
                job.pause(0.01)
            if self.breaks_after is not None and number >= self.breaks_after:
                raise EngineFailedError("The painter broke.")
            for step in range(steps):
                job.step("base", number * steps + step + 1, steps * request.count, preview=png() if step % 2 else None)
                time.sleep(self.seconds_per_step)
            made.append(MadePicture(picture=self.paint(seed, request.prompt), seed=seed))
            self.painted.append(seed)
            job.made(made[-1], facts)
        return Product(pictures=tuple(made), facts=facts)

    def paint(self, seed: int, prompt: str) -> Picture:
        return picture((seed * 37 % 256, seed * 91 % 256, len(prompt) % 256))


class Painters(Engines):
    """A catalogue of three models, all ready and all served by one painter; ``vocabulary`` is what it draws."""

    def __init__(self, painter: Engine, vocabulary: Vocabulary | None = None) -> None:
        self.painter = painter
        self.vocabulary = vocabulary or Vocabulary()

    def cards(self, action: Action | None = None) -> list[ModelCard]:
        kinds = {"painter": (Action.GENERATE,), "answerer": (Action.ASK, Action.DESCRIBE), "beeper": (Action.SPEAK,)}
        return [
            ModelCard(
                id=name,
                title=name.title(),
                action=serves[0],
                serves=serves,
                engine="painter",
                lane="local",
                licence="Apache-2.0",
                state=ModelState.READY,
                bundled=True,
                note="A painter for tests.",
                sizes={"square": (32, 32), "portrait": (24, 32), "landscape": (32, 24)}
                if Action.GENERATE in serves
                else {},
                steps=4 if Action.GENERATE in serves else 0,
                guidance=3.0 if Action.GENERATE in serves else 0.0,
                styles=("flat",) if Action.GENERATE in serves else (),
                vocabulary=self.vocabulary if Action.GENERATE in serves else Vocabulary(),
            )
            for name, serves in kinds.items()
            if action is None or action in serves
        ]

    def chosen(self, action: Action) -> ModelCard:
        return self.cards(action)[0]

    def resolve(self, request: Request) -> Resolved:
        for card in self.cards(request.action):
            if request.model in {"auto", card.id}:
                own: dict[str, Any] = {request.model_field: card.id}
                if isinstance(request, GenerateRequest):
                    if request.style not in {"none", "flat"}:
                        raise InvalidRequestError("style", request.style, "one of flat, none")
                    own["steps"] = request.sampling.steps or card.steps
                    own["guidance"] = request.sampling.guidance or card.guidance
                return Resolved(
                    card=card,
                    request=changed(request, own),
                    ignored=known_words.without_effect(card, request),
                    unknown_words=known_words.unknown_to(card, request),
                )
        raise UnknownModelError("model", request.model, "one of painter, answerer, beeper, auto")

    def get(self, model: str, action: Action) -> Engine:
        return self.painter


@dataclass
class Program:
    """The parts of the program that tests look into and steer."""

    studio: Studio
    log: RunLog
    database: Database
    pictures: Pictures
    access: RoleAccess
    guard: RuleGuard
    painter: Painter
    engines: Engines
    worker: Worker
    feed: ProgressFeed

    def actor(self, role: str = "creator", name: str | None = None) -> Actor:
        """Return a person with that role."""
        return self.access.actor(name or role)

    def close(self) -> None:
        self.painter.hold.set()
        self.studio.stop()
        self.database.close()


def build(
    folder: Path,
    painter: Painter | None = None,
    lane: Callable[[str], Lane] = ThreadLane,
    guard: RuleGuard | None = None,
    engines: Engines | None = None,
    *,
    vocabulary: Vocabulary | None = None,
) -> Program:
    """Build the program over ``folder``; people named after a role, alone or as ``role-name``, have that role."""
    painter = painter or Painter()
    database = Database(folder, space=Space(folder, floor=0, ballast=4096))
    log, pictures = RunLog(database), Pictures(folder)
    roles = {"admin", "creator", "viewer"}
    access = RoleAccess(
        ROOT / "roles.yaml", lambda name: name.split("-")[0] if name.split("-")[0] in roles else None, lambda: True
    )
    guard = guard or RuleGuard()
    engines = engines or Painters(painter, vocabulary)
    studio = Studio(
        access=access,
        guard=guard,
        engines=engines,
        log=log,
        pictures=pictures,
        marker=PngMarker(),
        lanes={"local": lane("local")},
    )
    return Program(studio, log, database, pictures, access, guard, painter, engines, studio.worker, studio.feed)


def _beep() -> Sound:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\x00\x40\x00\xc0" * 800)
    return Sound(data=out.getvalue(), suffix="wav", seconds=0.2)


__all__ = ["InlineLane", "Painter", "Painters", "Program", "build", "picture", "png"]
