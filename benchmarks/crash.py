"""What is lost when the program is killed at random moments under load: ``python -m benchmarks.crash --kills 200``.

In turn, a life is plain, or another program holds the database, or the folder of incomplete files takes none (as if it
were full), or the program is stopped on purpose instead of killed.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash_child import paint
from benchmarks.table import show
from core.errors import UnknownRunError
from core.runs import Run, Status
from store.database import NAME, Database
from store.media.pictures import Pictures
from store.runs.library import Library
from store.space import Space

ROOT = Path(__file__).parents[1]
# Counted from the moment it opens the database: recovery, first runs and full load are all hit.
_LONGEST_LIFE = 0.7
_LONGEST_STOP = 10
_SEEDS_PER_LIFE = 100_000


@dataclass(frozen=True)
class Figures:
    """What was found after the last restart. All but the first six and the last must be zero."""

    kills: int
    stops: int
    told: int
    rows: int
    tried_twice: int
    states: str
    lost: int
    duplicated: int
    not_final: int
    wrong_pictures: int
    missing_files: int
    damages: int
    ended_badly: int
    seconds_to_final: float

    @property
    def faults(self) -> int:
        """Everything that must not happen, added up."""
        of_runs = self.lost + self.duplicated + self.not_final + self.wrong_pictures + self.missing_files
        return of_runs + self.damages + self.ended_badly


def measure(kills: int, folder: Path, chance: random.Random) -> Figures:
    """Kill the child ``kills`` times in ``folder``, let it finish, and look at everything it kept."""
    told: dict[str, int] = {}
    ended_badly = 0
    for life in range(kills):
        accepted, well = _live(folder, life, chance.uniform(0, _LONGEST_LIFE))
        told.update(accepted)
        ended_badly += not well
    restarted = time.monotonic()
    subprocess.run(_command("drain", folder, 0), cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=120)
    return _look(folder, told, kills, ended_badly, time.monotonic() - restarted)


@contextlib.contextmanager
def _nothing(_: Path) -> Iterator[None]:
    yield


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the database for writing, as a browser for SQLite does."""
    other = sqlite3.connect(folder / NAME, isolation_level=None, timeout=2)
    # Before its first tables are there, nobody can hold it.
    with contextlib.suppress(sqlite3.OperationalError):
        other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@contextlib.contextmanager
def _no_room(folder: Path) -> Iterator[None]:
    """Let the folder of incomplete files take none. A limit of the disk would end this program's own writes, too."""
    aside, away = folder / "incomplete", folder / "away"
    with contextlib.suppress(OSError):
        aside.rename(away)
    yield
    with contextlib.suppress(OSError):
        away.rename(aside)


# One a life, in turn. The last one ends on purpose.
_TROUBLES = (_nothing, _held, _no_room, _nothing)


def _live(folder: Path, life: int, seconds: float) -> tuple[dict[str, int], bool]:
    """Let one child live for ``seconds``; return the runs it told us it had accepted, and whether it ended well."""
    command = _command("load", folder, 1 + life * _SEEDS_PER_LIFE)
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, bufsize=0)
    assert child.stdout is not None  # noqa: S101 - it was asked for
    child.stdout.readline()
    well = _wait(child, seconds / 2)
    with _TROUBLES[life % len(_TROUBLES)](folder):
        well = _wait(child, seconds / 2) and well
    if _ends_on_purpose(life):
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.communicate(timeout=_LONGEST_STOP)
        well = well and child.returncode == 0
    child.kill()
    told, _ = child.communicate()
    return {run_id: int(seed) for run_id, seed in (line.split() for line in told.decode().splitlines())}, well


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Let it work; tell whether it still does."""
    try:
        child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def _ends_on_purpose(life: int) -> bool:
    return life % len(_TROUBLES) == len(_TROUBLES) - 1


def _command(mode: str, folder: Path, first_seed: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.crash_child", mode, str(folder), str(first_seed)]


def _look(folder: Path, told: dict[str, int], kills: int, ended_badly: int, seconds: float) -> Figures:
    database, pictures = Database(folder, space=Space(folder, floor=0, ballast=0)), Pictures(folder)
    library = Library(database)
    runs: list[Run] = []
    while page := library.runs(limit=500, offset=len(runs)):
        runs += page
    with database.read() as connection:
        damages = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        damages += connection.execute("PRAGMA foreign_key_check").fetchall()
    database.close()
    seeds = {run.id: run.request["seed"] for run in runs}
    return Figures(
        kills=kills,
        stops=sum(_ends_on_purpose(life) for life in range(kills)),
        ended_badly=ended_badly,
        told=len(told),
        rows=len(runs),
        tried_twice=sum(run.attempt > 1 for run in runs),
        states=", ".join(f"{count} {status}" for status, count in Counter(run.status for run in runs).most_common()),
        lost=sum(seeds.get(run_id) != seed for run_id, seed in told.items()),
        duplicated=len(runs) - len(set(seeds.values())),
        not_final=sum(not run.status.final for run in runs),
        wrong_pictures=sum(_is_wrong(run) for run in runs),
        missing_files=sum(_is_missing(pictures, kept.sha256) for run in runs for kept in run.pictures),
        damages=len(damages),
        seconds_to_final=seconds,
    )


def _is_wrong(run: Run) -> bool:
    """Tell whether the pictures of a run are not exactly those of its seeds, once each, or their first if it broke."""
    first, count = run.request["seed"], run.request["count"]
    kept = [picture.sha256 for picture in run.pictures]
    made = count if run.status is Status.DONE else min(len(kept), count)
    return kept != [paint(seed).sha256 for seed in range(first, first + made)]


def _is_missing(pictures: Pictures, sha256: str) -> bool:
    try:
        pictures.load(sha256)
    except UnknownRunError:
        return True
    return False


def main(arguments: Sequence[str] = ()) -> int:
    """Print the table; the exit status tells whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(chosen.kills, Path(folder), random.Random())
    show(
        "Killed under load",
        ("what", "found", "at most"),
        [
            ("ends at random moments", figures.kills, ""),
            ("of these stops on purpose", figures.stops, ""),
            ("runs accepted and told", figures.told, ""),
            ("rows found", figures.rows, ""),
            ("runs tried twice", figures.tried_twice, ""),
            ("states", figures.states, ""),
            ("accepted runs lost", figures.lost, 0),
            ("runs duplicated", figures.duplicated, 0),
            ("runs for ever queued, running or saving", figures.not_final, 0),
            ("runs with other pictures than those of their seeds", figures.wrong_pictures, 0),
            ("rows that name missing or damaged files", figures.missing_files, 0),
            ("damages of the database", figures.damages, 0),
            ("programs that ended by themselves, or not on a stop", figures.ended_badly, 0),
            ("seconds from the last restart until all are final", round(figures.seconds_to_final, 1), 10),
        ],
    )
    return 1 if figures.faults or figures.seconds_to_final > 10 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
