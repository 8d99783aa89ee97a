# ruff: noqa: ARG002 - the ports name these parameters
"""The program that ``benchmarks.crash`` kills: the real path, log, pictures and lane, with an engine of milliseconds.

What is measured is that accepted runs survive, not a model. So the engine paints noise from the seed, and everybody may
do everything. Each accepted id goes to the standard output only after ``submit`` has returned.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from core.actions import Action, Actor
from core.errors import StoppingError, StorageError
from core.findings import Content, Finding
from core.job import Job
from core.media import Picture
from core.models import ModelCard, ModelState, Resolved
from core.requests import ACTIONS, GenerateRequest, Request
from core.results import MadePicture, Product
from core.studio import Studio
from pipelines.lanes import ThreadLane
from store.database import Database
from store.media.pictures import Pictures
from store.runs.library import Library
from store.runs.run_log import RunLog
from store.space import MEBIBYTE, Space

ACTORS = tuple(Actor(name=name, role="creator", actions=frozenset(ACTIONS)) for name in ("ada", "bob", "cleo", "dan"))
_CARD = ModelCard(
    id="noise", title="Noise", action=Action.GENERATE, engine="noise", lane="local", licence="", state=ModelState.READY
)
_MOST_WAITING = 3
# Shorter than the program's own, so that in a life of a second somebody runs out of it.
_TIMEOUT = 0.1


def paint(seed: int) -> Picture:
    """Return the one picture of noise that ``seed`` stands for."""
    encoded = io.BytesIO()
    Image.frombytes("RGB", (48, 48), random.Random(seed).randbytes(48 * 48 * 3)).save(encoded, "PNG")
    return Picture(png=encoded.getvalue(), width=48, height=48)


class Noise:
    """An engine and its catalogue: 20 to 80 ms a picture."""

    environment: Mapping[str, Any] = {"engine": "noise"}

    def run(self, request: Request, job: Job) -> Product:
        """Paint one picture per seed, each handed over as soon as it is made."""
        assert isinstance(request, GenerateRequest)  # noqa: S101 - nothing else is submitted here
        made = []
        for seed in request.seeds[job.kept :]:
            job.pause(random.Random(seed).uniform(0.02, 0.08))
            made.append(MadePicture(picture=paint(seed), seed=seed))
            job.made(made[-1], {})
        return Product(pictures=tuple(made))

    def cards(self, action: Action | None = None) -> Sequence[ModelCard]:
        """Return the only card."""
        return (_CARD,)

    def chosen(self, action: Action) -> ModelCard:
        """Return the only card."""
        return _CARD

    def resolve(self, request: Request) -> Resolved:
        """Choose the only model."""
        assert isinstance(request, GenerateRequest)  # noqa: S101 - nothing else is submitted here
        return Resolved(card=_CARD, request=replace(request, model=_CARD.id))

    def get(self, model: str, action: Action) -> Noise:
        """Return the only engine."""
        return self


class Open:
    """Access and rules that let everything pass."""

    def actor(self, name: str | None) -> Actor:
        """Return the first of the four."""
        return ACTORS[0]

    def require(self, actor: Actor, action: Action) -> None:
        """Allow it."""

    def within_limits(self, actor: Actor, request: Request, today: int, waiting: int) -> None:
        """Allow it."""

    def inspect(self, content: Content) -> tuple[Finding, ...]:
        """Find nothing."""
        return ()

    def mark(self, picture: Picture, record: Mapping[str, Any]) -> Picture:
        """Leave the picture as it is, so that it can be compared with its seed."""
        return picture


@dataclass(frozen=True)
class Program:
    """The parts that the two modes of this program use."""

    studio: Studio
    log: RunLog
    library: Library


def build(folder: Path) -> Program:
    """Wire the real path over ``folder``."""
    database = Database(folder, space=Space(folder, floor=0, ballast=MEBIBYTE), timeout=_TIMEOUT)
    log, pictures, engine, everything = RunLog(database), Pictures(folder), Noise(), Open()
    studio = Studio(
        access=everything,
        guard=everything,
        engines=engine,
        log=log,
        pictures=pictures,
        marker=everything,
        lanes={"local": ThreadLane("local")},
    )
    return Program(studio=studio, log=log, library=Library(database))


def submit_for_ever(program: Program, actor: Actor, seeds: itertools.count[int]) -> None:
    """Keep a few runs of ``actor`` waiting; tell the id and seed of each that was accepted."""
    while True:
        if program.log.counts(actor.name)[1] >= _MOST_WAITING:
            time.sleep(0.01)
            continue
        seed = next(seeds)
        request = GenerateRequest(prompt=f"noise of {actor.name}", seed=seed, count=1 + seed // 2 % 2)
        try:
            run_id = program.studio.submit(actor, request)
        except StorageError:
            # Nothing was accepted; that seed is never asked for again.
            time.sleep(0.01)
            continue
        except StoppingError:
            return
        os.write(1, f"{run_id} {seed}\n".encode())


def main(mode: str, folder: Path, first_seed: int) -> None:
    """Work until killed or asked to stop (``load``), or until every run is final (``drain``)."""
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    os.write(1, b"opening\n")
    program = build(folder)
    program.studio.start()
    if mode == "load":
        # No two runs ask for the same seed, so a run that was accepted twice would show.
        seeds = itertools.count(first_seed, 2)
        for actor in ACTORS:
            threading.Thread(target=submit_for_ever, args=(program, actor, seeds), daemon=True).start()
        asked.wait()
        program.studio.stop()
        os._exit(0)
    while any(program.library.active(actor.name) for actor in ACTORS):
        time.sleep(0.02)
    program.studio.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("load", "drain"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("first_seed", type=int)
    main(**vars(parser.parse_args()))
