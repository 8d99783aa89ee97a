"""How soon the page is there, how soon the models are, and how much memory they take."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.program import ROOT, running
from benchmarks.table import median_and_range, show


def main() -> None:
    """Print the table."""
    imports = [_import_seconds() for _ in range(5)]
    rounds = []
    for number in range(3):
        rounds.append(one_round())
        print(f"round {number + 1} of 3", file=sys.stderr)
    pages = [seconds for one in rounds for seconds in one.pages]
    ready, bare, loaded = ([getattr(one, name) for one in rounds] for name in ("ready", "bare", "loaded"))
    show(
        "Start",
        ("what", "median (range)"),
        [
            ("import app", median_and_range(imports)),
            ("process start to page", median_and_range(pages)),
            ("process start to both models ready", median_and_range(ready)),
            ("memory, bare program", f"{statistics.median(bare):.0f} MiB"),
            ("memory, both models loaded", f"{statistics.median(loaded):.0f} MiB"),
            ("memory of the models", f"{statistics.median(loaded) - statistics.median(bare):.0f} MiB"),
        ],
    )


@dataclass(frozen=True)
class Round:
    """Two starts, without and with the models: seconds to the page and to the models, MiB without and with them."""

    pages: tuple[float, float]
    ready: float
    bare: float
    loaded: float


def one_round() -> Round:
    """Start the program twice with data of its own."""
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder), {"SHOW_AND_TELL_PRELOAD": "false"}) as program:
            page, bare = program.page_seconds, _resident(program.process.pid)
        with running(Path(folder)) as program:
            ready = _until_ready(program.url) + program.page_seconds
            return Round((page, program.page_seconds), ready, bare, _resident(program.process.pid))


def _import_seconds() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, check=True)
    return time.monotonic() - began


def _resident(process: int) -> float:
    return psutil.Process(process).memory_info().rss / 2**20


def _until_ready(url: str) -> float:
    """Wait until no model is loading any more, as the readiness page tells."""
    began = time.monotonic()
    while time.monotonic() - began < 180:
        if httpx.get(f"{url}/readyz", timeout=10).status_code == 200:
            return time.monotonic() - began
        time.sleep(0.2)
    raise TimeoutError("the models did not become ready")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
