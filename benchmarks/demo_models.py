"""The figures of the bundled models, as the model cards hold them.

python -m benchmarks demo_models             # all of them, several minutes
python -m benchmarks demo_models --short     # a few dozen samples each, under a minute
python -m benchmarks demo_models --write     # into the cards as well
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figure import HEADS, Figure
from benchmarks.quiet import quiet
from benchmarks.table import machine, show, table
from training.card import fill
from training.packages import BUNDLED


@dataclass(frozen=True)
class Part:
    """One table: its title, the folder of its model, and the module that measures it (``figures(short)``)."""

    title: str
    folder: str
    module: str

    @property
    def measure(self) -> Callable[[bool], list[Figure]]:
        """What makes the rows."""
        made: Callable[[bool], list[Figure]] = importlib.import_module(f"benchmarks.{self.module}").figures
        return made


PARTS = (
    Part("The image model", "emoji-sdxl", "figures_sdxl"),
    Part("The answer model", "emoji-llava", "figures_llava"),
    Part("The pair of words and pictures", "emoji-clip", "figures_clip"),
    Part("The picture checker", "emoji-checker", "figures_checker"),
    Part("Both large models in the program", "", "figures_memory"),
)


def main() -> None:
    """Print a table for every model that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a few dozen samples each")
    parser.add_argument("--write", action="store_true", help="put the tables into the model cards")
    parser.add_argument("--only", nargs="*", choices=[part.module for part in PARTS], help="these tables")
    asked, _ = parser.parse_known_args()
    quiet()
    for part in PARTS:
        if asked.only and part.module not in asked.only:
            continue
        if not (BUNDLED / part.folder).exists():
            print(f"\n{part.title}: not made yet")
            continue
        rows = [figure.cells for figure in part.measure(asked.short)]
        show(part.title, HEADS, rows)
        if asked.write and part.folder:
            text = f"{table(HEADS, rows)}\n\nMeasured on {machine()}."
            fill(BUNDLED / part.folder / "README.md", "figures", text)


if __name__ == "__main__":
    main()
