"""How well the words that the bundled image model does not know are found in prompts of ordinary wording.

python -m benchmarks unknown_words             # precision and recall
python -m benchmarks unknown_words --wrong     # and the prompts in which a word was missed or told for nothing
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.models.figure import HEADS, Figure, share
from benchmarks.table import show
from core.vocabulary.unknown import unknown_words
from pipelines.catalogue.known_words import read_vocabulary
from pipelines.machine.weights import ROOT

VOCABULARY = ROOT / "assets" / "models" / "emoji-sdxl" / "vocabulary.json"
_PROMPTS = Path(__file__).with_name("ordinary_prompts.yaml")
_WANTED = 0.95
_FIRST = 64  # of the prompts; see the file


@dataclass(frozen=True)
class Row:
    """A prompt, the words that are to be told by hand, and those that were."""

    prompt: str
    wanted: frozenset[str]
    told: frozenset[str]


def rows() -> list[Row]:
    """Every prompt of the file with what is told about it."""
    vocabulary = read_vocabulary(VOCABULARY)
    listed = yaml.safe_load(_PROMPTS.read_text("utf-8"))
    return [
        Row(one["prompt"], frozenset(one["unknown"]), frozenset(unknown_words(vocabulary, one["prompt"])))
        for one in listed
    ]


def figures() -> list[Figure]:
    """Precision and recall of the words, on the prompts the rules were adjusted on and on those kept aside."""
    found = rows()
    parts = {
        "adjusted on": found[:_FIRST:2],
        "kept aside at first": found[1:_FIRST:2],
        "written last": found[_FIRST:],
    }
    return [figure for which, part in parts.items() for figure in _figures(which, part)]


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="the prompts in which they differ")
    asked = parser.parse_args(arguments)
    show("Words the image model does not know", HEADS, [figure.cells for figure in figures()])
    for row in rows() if asked.wrong else []:
        if row.told != row.wanted:
            missed, idle = sorted(row.wanted - row.told), sorted(row.told - row.wanted)
            print(f"{row.prompt!r}: missed {missed}, told for nothing {idle}")


def _figures(which: str, found: Iterable[Row]) -> list[Figure]:
    found = list(found)
    told = [word in row.wanted for row in found for word in row.told]
    wanted = [word in row.told for row in found for word in row.wanted]
    silent = [not row.told for row in found if not row.wanted]
    return [
        share(f"words told that are to be told (precision), prompts {which}", told, _WANTED),
        share(f"words to be told that are told (recall), prompts {which}", wanted, _WANTED),
        share(f"prompts without an unknown word and without a word told, {which}", silent),
    ]
