"""What the log adds to a run, and how long its pages take with a long history: ``python -m benchmarks.run_log``."""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.table import show
from core.actions import Action
from core.media import Picture
from core.run_ids import new_run_id
from core.runs import KeptPicture, NewRun, Outcome, Status
from store.database import Database
from store.media.leaving import Leaving
from store.media.pictures import Pictures
from store.media.temporary import Temporary
from store.runs import writing
from store.runs.library import Library
from store.runs.run_log import RunLog
from store.statistics import Statistics

ROWS = 100_000
PEOPLE = 50
_WORDS = ("a", "red", "green", "blue", "small", "large", "apple", "pear", "dog", "cat", "house", "tree", "star", "moon")
_SIGNS = ("红色", "绿色", "小", "大", "苹果", "梨", "狗", "猫", "房子", "月亮")


def main(rows: Sequence[str] = ()) -> None:
    """Print both tables; the first argument may be another number of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=ROWS, help=f"rows of the log, {ROWS:,} if left out")
    count = parser.parse_args(rows).rows
    with tempfile.TemporaryDirectory() as name:
        database = Database(Path(name))
        log, chance = RunLog(database), random.Random(1)
        database.write(lambda connection: _fill(connection, count, chance))
        _cost_of_a_run(log, Pictures(Path(name)), count)
        _pages(database, log, count)
        _deletion(database, log, count)
        database.close()


def _new_run(actor: str, words: str = "a red apple") -> NewRun:
    return NewRun(
        id=new_run_id(),
        action=Action.GENERATE,
        actor=actor,
        role="creator",
        model="demo",
        lane="local",
        words=words,
        request={"prompt": words, "negative_prompt": "", "seed": 7, "count": 1, "steps": 25, "scheduler": "euler"},
    )


def _outcome(sha256: str) -> Outcome:
    kept = KeptPicture(position=0, sha256=sha256, pixels_sha256=sha256, seed=7, width=1024, height=1024)
    facts = {"prompt": "a red apple", "scheduler": {"name": "euler", "betas": [0.1] * 20}, "seconds": {"base": 1.2}}
    return Outcome(status=Status.DONE, pictures=(kept,), facts=facts, environment={"torch": "2.13.0", "threads": 2})


def _fill(connection: sqlite3.Connection, count: int, chance: random.Random) -> None:
    for number in range(count):
        words = f"{' '.join(chance.sample(_WORDS, 6))} {'的'.join(chance.sample(_SIGNS, 3))}"
        run = _new_run(f"person-{chance.randrange(PEOPLE)}", words)
        if number % 2:
            # Half of the rows are questions, five to a talk of one person.
            talk = f"{number // 10:032x}"
            run = replace(run, actor=f"person-{number // 10 % PEOPLE}", action=Action.ASK, talk=talk)
        writing.add_run(connection, run)
        status = chance.choices((Status.DONE, Status.CANCELLED, Status.FAILED), (97, 2, 1))[0]
        outcome = _outcome(f"{number:064x}")
        if status is not Status.DONE:
            outcome = Outcome(status=status, code=status)
        writing.add_outcome(connection, run.id, outcome, started=None)


def _cost_of_a_run(log: RunLog, pictures: Pictures, count: int) -> None:
    costs: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        costs.setdefault(name, []).append((time.perf_counter() - began) * 1_000)

    for _ in range(100):
        run, picture = _new_run("person-1"), Picture(png=os.urandom(1_500_000), width=1024, height=1024)
        timed("accept", lambda run=run: log.accept(run))  # type: ignore[misc]  # bound by default value
        timed("claim", lambda: log.claim("local"))
        timed("saving", lambda run=run: log.saving(run.id))  # type: ignore[misc]  # bound by default value
        timed("picture of 1.5 MB", lambda picture=picture: pictures.keep(picture))  # type: ignore[misc]  # as above
        timed("finish", lambda run=run, name=picture.sha256: log.finish(run.id, _outcome(name)))  # type: ignore[misc]  # as above
    lines = [(name, *_median_and_p95(times)) for name, times in costs.items()]
    lines.append(("all", sum(line[1] for line in lines), sum(line[2] for line in lines)))
    show(f"What the log adds to a run, {count:,} runs before it (100 times)", ("step", "median ms", "p95 ms"), lines)


def _pages(database: Database, log: RunLog, count: int) -> None:
    library, figures = Library(database), Statistics(database)
    waiting = [_new_run(f"person-{number % PEOPLE}") for number in range(200)]
    for run in waiting:
        log.accept(run)
    pages: dict[str, Callable[[], object]] = {
        "everybody's newest 50": library.runs,
        "everybody's, far back": lambda: library.runs(offset=count - 100),
        "one person's newest 50": lambda: library.runs(actor="person-7"),
        "one person's failures": lambda: library.runs(actor="person-7", status=Status.FAILED),
        "failures": lambda: library.runs(status=Status.FAILED),
        "an action nobody used": lambda: library.runs(action=Action.SPEAK),
        "entries, everybody's newest 60": lambda: library.entries(limit=60),
        "entries, one person's newest 60": lambda: library.entries(actor="person-7", limit=60),
        "entries, one person's first 480": lambda: library.entries(actor="person-7", limit=480),
        "entries, one person's failures": lambda: library.entries(actor="person-7", status=Status.FAILED, limit=60),
        "entries, search": lambda: library.entries(search="apple", limit=60),
        "entries, search, one person's": lambda: library.entries(actor="person-7", search="apple moon", limit=60),
        "entries, search, a Chinese word": lambda: library.entries(search="苹果", limit=60),
        "entries, search, nothing found": lambda: library.entries(search="apple volcano", limit=60),
        "search, a common word": lambda: library.runs(search="apple"),
        "search, two letters": lambda: library.runs(search="ap st"),
        "search, one person's": lambda: library.runs(actor="person-7", search="apple moon"),
        "search, nothing found": lambda: library.runs(search="apple volcano"),
        "search, a Chinese word": lambda: library.runs(search="苹果"),
        "search, a rare Chinese word": lambda: library.runs(search="果的月"),
        "search, one sign": lambda: library.runs(search="的"),
        "search, signs and a word": lambda: library.runs(search="苹果 apple"),
        "search, one person's signs": lambda: library.runs(actor="person-7", search="苹果"),
        "search, signs not found": lambda: library.runs(search="色苹"),
        "one run": lambda: log.get(waiting[0].id),
        "place in a queue of 200": lambda: log.position(waiting[-1].id),
        "counts of a person": lambda: log.counts("person-7"),
        "owner of a picture": lambda: library.has_picture(f"{5:064x}", actor="nobody"),
    }
    show(f"Pages over {count:,} runs (20 times)", ("page", "median ms", "p95 ms"), _timed(pages, 20))
    questions = {name: lambda name=name: figures.ask(name) for name in figures.names()}
    show(f"Dashboard over {count:,} runs (5 times)", ("question", "median ms", "p95 ms"), _timed(questions, 5))  # type: ignore[arg-type]  # bound by default value


def _deletion(database: Database, log: RunLog, count: int) -> None:
    library = Library(database)
    ids = [run.id for run in library.runs(actor="person-7", status=Status.DONE, limit=20)]
    for run in library.active("person-8"):
        log.finish(run.id, Outcome(status=Status.CANCELLED))
    with tempfile.TemporaryDirectory() as name:
        pictures, temporary = Pictures(Path(name)), Temporary(Path(name) / "temporary", database.space)
        leaving = Leaving(database, pictures, temporary, kept=0)
        pages: dict[str, Callable[[], object]] = {
            "one run": lambda: log.delete([ids.pop()]),
            "its words and files afterwards": lambda: leaving.now(grace=-1),
        }
        lines = [*_timed(pages, 10), *_timed({"all of one person's": lambda: log.delete_all("person-8")}, 1)]
        lines += _timed({"the words and files of these": lambda: leaving.now(grace=-1)}, 1)
    show(f"Deleting from {count:,} runs", ("what goes", "median ms", "p95 ms"), lines)


def _timed(works: dict[str, Callable[[], object]], times: int) -> list[tuple[str, float, float]]:
    lines = []
    for name, work in works.items():
        costs = []
        for _ in range(times):
            began = time.perf_counter()
            work()
            costs.append((time.perf_counter() - began) * 1_000)
        lines.append((name, *_median_and_p95(costs)))
    return lines


def _median_and_p95(costs: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(costs)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


if __name__ == "__main__":
    main(sys.argv[1:])
