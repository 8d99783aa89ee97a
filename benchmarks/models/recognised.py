"""How many pictures of the contact sheet a person named, who had not read the prompts: kept beside the sheet."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from benchmarks.models.figure import Figure
from training.image.card import MODELS
from training.world.icons import concepts

WHAT = "things a person names on the contact sheet, prompts unread"
LEAST = 58


def weights_mark(folder: Path = MODELS) -> str:
    """A mark of the weights the sheet was made by, so that a count of an older model is not taken for this one's."""
    return hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()[:16]


def same(said: str, name: str) -> bool:
    """Whether what was said is the concept's name or another word for it; words around it do no harm."""
    words = f" {' '.join(re.findall('[a-z-]+', said.lower()))} "
    known = [(word, concept.name) for concept in concepts() for word in (concept.name, *concept.synonyms)]
    heard = [pair for pair in known if f" {pair[0]} " in words]
    # the longest counts: a teddy bear is no bear
    return bool(heard) and max(heard, key=lambda pair: len(pair[0]))[1] == name


def count(names: Path, key: Path, folder: Path = MODELS) -> list[str]:
    """Keep how many of the names fit the key, and return what was missed.

    Args:
        names: a line for each picture of the blind sheet: its number and what it shows.
        key: as ``sheet_sdxl --blind`` wrote it, number -> concept and prompt.
        folder: of the model, for ``recognised.json``.

    Raises:
        ValueError: a picture has no name.
    """
    truth: dict[str, dict[str, str]] = json.loads(key.read_text())
    lines = (line.split(maxsplit=1) for line in names.read_text().splitlines() if line.strip())
    said = {line[0].rstrip(".:"): line[1] if len(line) > 1 else "" for line in lines}
    if missing := [number for number in truth if number not in said]:
        raise ValueError(f"{names} names no picture {', '.join(missing)}; write ? for one that cannot be named")
    wrong = [
        f"{number}: {one['prompt']} (seen: {said[number]})"
        for number, one in truth.items()
        if not same(said[number], one["concept"])
    ]
    kept = {"right": len(truth) - len(wrong), "of": len(truth), "missed": wrong, "weights": weights_mark(folder)}
    (folder / "recognised.json").write_text(json.dumps(kept, indent=1) + "\n")
    return wrong


def figure(folder: Path = MODELS) -> Figure:
    """The count that was kept, if it is of these weights."""
    kept = folder / "recognised.json"
    if not kept.exists():
        return Figure(WHAT, 0, "not counted yet", least=LEAST)
    found = json.loads(kept.read_text())
    old = "" if found["weights"] == weights_mark(folder) else ", counted on other weights"
    return Figure(WHAT, found["right"], f"{found['right']} of {found['of']}{old}", least=LEAST)
