"""The figures of the bundled models, as the model cards hold them.

python -m benchmarks demo_models             # all of them, several minutes
python -m benchmarks demo_models --short     # a few dozen samples each, under a minute
python -m benchmarks demo_models --write     # into the cards as well
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.models.figure import HEADS, Figure
from benchmarks.models.quiet import quiet
from benchmarks.table import machine, show, table
from training.image.card import around, fill
from training.world.packages import BUNDLED

BLOCK = "figures"  # of a card


@dataclass(frozen=True)
class Part:
    """One table: its title, the folder of its model, and the modules that measure it (``figures(short)``)."""

    title: str
    folder: str
    modules: tuple[str, ...]

    def measure(self, short: bool) -> list[Figure]:
        """The rows."""
        return [
            row for name in self.modules for row in importlib.import_module(f"benchmarks.models.{name}").figures(short)
        ]


PARTS = (
    Part("The image model", "emoji-sdxl", ("sdxl", "memory")),
    Part("The upscaler", "emoji-upscaler", ("upscaler",)),
    Part("The answer model", "emoji-llava", ("llava",)),
    Part("The pair of words and pictures", "emoji-clip", ("clip",)),
    Part("The picture checker", "emoji-checker", ("checker",)),
)


def main(arguments: Sequence[str] = ()) -> None:
    """Print a table for every model that is there.

    Raises:
        ValueError: a card has no place for its table; nothing has been measured then.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a few dozen samples each")
    parser.add_argument("--write", action="store_true", help="put the tables into the model cards")
    parser.add_argument("--only", nargs="*", choices=[part.folder for part in PARTS], help="these models")
    asked = parser.parse_args(arguments)
    quiet()
    wanted = [part for part in PARTS if part.folder in (asked.only or [part.folder])]
    for part in wanted:
        if not (BUNDLED / part.folder).exists():
            print(f"\n{part.title}: not made yet")
    there = [(part, BUNDLED / part.folder / "README.md") for part in wanted if (BUNDLED / part.folder).exists()]
    for _, card in there if asked.write else []:
        around(card, BLOCK)
    for part, card in there:
        rows = [figure.cells for figure in part.measure(asked.short)]
        show(part.title, HEADS, rows)
        if asked.write:
            fill(card, BLOCK, f"{table(HEADS, rows)}\n\nMeasured on {machine()}.")


if __name__ == "__main__":
    main(sys.argv[1:])
