"""From the start of the program to the first picture, for somebody who asks the moment the page is there.

``--busy`` keeps one core at work beside it. The seconds of processor time that the program itself used depend less
on whatever else the machine does than those on the clock.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.program import Program, running
from benchmarks.table import median_and_range, show

_PROMPT = "a red apple"
_LONGEST = 300.0


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process to the page and to the picture, and its processor time by then."""

    page: float
    picture: float
    processor: float


def main(options: Sequence[str] = ()) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks first_picture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", action="store_true", help="keep one core at work beside the program")
    chosen = parser.parse_args(list(options))
    with _beside(busy=chosen.busy):
        starts = [one_start() for _ in range(chosen.rounds)]
    show(
        f"From the start to the first picture{', one core busy' if chosen.busy else ''}",
        ("what", "median (range)"),
        [
            ("process start to page", median_and_range([start.page for start in starts])),
            ("process start to picture", median_and_range([start.picture for start in starts])),
            ("processor time of the program by then", median_and_range([start.processor for start in starts])),
            ("page to picture, median", f"{statistics.median(start.picture - start.page for start in starts):.3f} s"),
        ],
    )


def one_start(environment: Mapping[str, str] | None = None) -> Start:
    """Start the program with data of its own, ask for a picture over REST, and wait for it."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with running(Path(folder), environment, wait=_LONGEST) as program:
            _picture(program)
            took = time.monotonic() - began
            used = psutil.Process(program.process.pid).cpu_times()
            return Start(program.page_seconds, took, used.user + used.system)


def _picture(program: Program) -> None:
    with httpx.Client(base_url=program.url, headers=program.owner, timeout=60) as client:
        accepted = client.post("/generate", json={"text": _PROMPT}).raise_for_status().json()
        until = time.monotonic() + _LONGEST
        while time.monotonic() < until:
            answer = client.get(f"/image/{accepted['image_id']}").json()
            if answer["status"] == "done":
                return
            if answer["status"] != "processing":
                raise RuntimeError(f"there is no picture: {answer}")
            time.sleep(0.1)
    raise TimeoutError("there was no picture in time")


@contextmanager
def _beside(*, busy: bool) -> Iterator[None]:
    if not busy:
        yield
        return
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
