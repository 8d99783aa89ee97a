"""The contact sheet of the bundled image model: 64 held-out prompts over the whole vocabulary, for eyes to judge."""

import argparse
from pathlib import Path

from benchmarks.figures_sdxl import Maker, Setting, held_rows, prompt
from training.card import sheet
from training.pack import MODELS


def main() -> None:
    """Writes the sheet as a PNG."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--to", type=Path, default=MODELS / "sheet.png")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--models", type=Path, default=MODELS)
    arguments = parser.parse_args()
    rows = held_rows()
    rows = [rows[at * len(rows) // arguments.count] for at in range(arguments.count)]
    prompts = [prompt(row) for row in rows]
    sheet(Maker(arguments.models).make(prompts, Setting()), prompts).save(arguments.to, optimize=True)


if __name__ == "__main__":
    main()
