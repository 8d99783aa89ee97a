"""The contact sheet of the bundled image model: 64 held-out prompts over the whole vocabulary, for eyes to judge.

python -m benchmarks.models.sheet_sdxl                             # with the prompts, into the card's folder
python -m benchmarks.models.sheet_sdxl --blind FOLDER              # numbers only, shuffled, and key.json beside it
python -m benchmarks.models.sheet_sdxl --count-names NAMES --key FOLDER/key.json

Whoever names the pictures looks at ``FOLDER/blind.png`` before the key, and writes a line for each: number and name.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from benchmarks.models.held_out import Row, held_rows, one_each, prompt, spread
from benchmarks.models.image_maker import MODELS, Maker, app_setting
from benchmarks.models.quiet import quiet
from benchmarks.models.recognised import count
from training.image.card import sheet


def rows_of_sheet(many: int = 64) -> list[Row]:
    """One row for each of ``many`` concepts, at even distances through the vocabulary."""
    return spread(one_each(held_rows()), many)


def shuffled(rows: list[Row]) -> list[Row]:
    """Another order every time, so that nobody knows it."""
    return random.SystemRandom().sample(rows, len(rows))


def write_blind(maker: Maker, rows: list[Row], folder: Path) -> None:
    """The sheet with numbers, and the key to it in a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    prompts = [prompt(row) for row in rows]
    numbers = [str(at + 1) for at in range(len(rows))]
    sheet(maker.make(prompts, app_setting()), numbers).save(folder / "blind.png", optimize=True)
    key = {
        number: {"concept": row[0], "prompt": words} for number, row, words in zip(numbers, rows, prompts, strict=True)
    }
    (folder / "key.json").write_text(json.dumps(key, indent=1) + "\n")


def main() -> None:
    """Writes a sheet as a PNG, or counts the names given to one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--to", type=Path, help="the sheet with its prompts; sheet.png in the model's folder if left out"
    )
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--blind", type=Path, metavar="FOLDER", help="write blind.png and key.json there")
    parser.add_argument("--count-names", type=Path, metavar="NAMES", help="file with a line `number name` a picture")
    parser.add_argument("--key", type=Path, help="key.json of the sheet the names are for")
    asked = parser.parse_args()
    quiet()
    if asked.count_names:
        if not asked.key:
            parser.error("--count-names needs the sheet's --key")
        missed = count(asked.count_names, asked.key, asked.models)
        print(f"{len(missed)} missed", *missed, sep="\n")
    elif asked.blind:
        write_blind(Maker(asked.models), shuffled(rows_of_sheet(asked.count)), asked.blind)
    else:
        prompts = [prompt(row) for row in rows_of_sheet(asked.count)]
        made = sheet(Maker(asked.models).make(prompts, app_setting()), prompts)
        made.save(asked.to or asked.models / "sheet.png", optimize=True)


if __name__ == "__main__":
    main()
