"""What lies beside the weights: the vocabulary, the contact sheet, the hashes."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.vocabulary.english import plural
from training.sums import write_sums
from training.world.captions import GROUND_WORDS, OPENINGS, STYLE_WORDS, article, every_word
from training.world.couples import RELATIONS, REVERSED
from training.world.icons import Pixels, drawn
from training.world.kinds import kinds
from training.world.packages import BUNDLED
from training.world.scenes import GROUNDS

MODELS = BUNDLED / "emoji-sdxl"


def vocabulary() -> dict[str, Any]:
    """What the model knows, in the form that ``core.vocabulary.vocabulary`` describes."""
    names = [concept.name for concept in drawn()]
    colours = dict.fromkeys(concept.colour for concept in drawn() if concept.colour)
    relations = [words for table in (RELATIONS, REVERSED) for each in table.values() for words in each]
    return {
        "things": names,
        "other_words": {word: concept.name for concept in drawn() for word in concept.synonyms},
        "styles": [words[-1] for words in STYLE_WORDS.values()],
        "grounds": list(GROUNDS),
        "words": {
            "colours": [colour for colour in colours if colour not in GROUNDS],
            "styles": [f"{words[0]} icon of" for words in STYLE_WORDS.values()] + ["in"],
            "openings": list(OPENINGS),
            "grounds": [words.replace("{} ", "").replace(" {}", "") for words in GROUND_WORDS],
            "places": ["and", *relations],
            "articles": ["a", "an", "the"],
        },
        "uncounted": [name for name in names if article(name) == name],
        "plurals": _holds_plurals(every_word()),
        "kinds": kinds(),
    }


def _holds_plurals(captions: list[str]) -> bool:
    """Whether captions name more than one of a thing, as "two foxes" does."""
    counted = [concept.name for concept in drawn() if article(concept.name) != concept.name]
    texts = [f" {text.replace(',', ' ')} " for text in captions]
    return any(f" {many} " in text for name in counted for many in plural(name) if many != name for text in texts)


def written(words: dict[str, Any]) -> str:
    """The vocabulary as JSON, each list on a line of its own."""
    text = json.dumps(words, indent=1)
    return (
        re.sub(
            r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\n\s*", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), text
        )
        + "\n"
    )


def sheet(pictures: NDArray[np.uint8] | list[Pixels], words: list[str], columns: int = 8) -> Image.Image:
    """The pictures at twice their size with their prompts under them."""
    cell, line = 128, 26
    rows = -(-len(words) // columns)
    made = Image.new("RGB", (columns * (cell + 8), rows * (cell + line + 8)), "white")
    pen = ImageDraw.Draw(made)
    for at, (pixels, text) in enumerate(zip(pictures, words, strict=True)):
        x, y = at % columns * (cell + 8) + 4, at // columns * (cell + line + 8) + 4
        made.paste(Image.fromarray(pixels).resize((cell, cell), Image.Resampling.BICUBIC), (x, y))
        first, _, rest = text.partition(" on ")
        pen.text((x, y + cell + 1), first, fill="black")
        pen.text((x, y + cell + 12), rest, fill="gray")
    return made


def around(card: Path, block: str) -> tuple[str, str]:
    """What stands before and after the text of a block, ``<!-- block -->`` to ``<!-- /block -->``, with both lines.

    Raises:
        ValueError: the card has no such block, or no end of it.
    """
    before, begin, rest = card.read_text().partition(f"<!-- {block} -->\n")
    _, end, after = rest.partition(f"<!-- /{block} -->")
    if not begin or not end:
        raise ValueError(f"{card} has no lines <!-- {block} --> and <!-- /{block} --> to write between")
    return before + begin, end + after


def fill(card: Path, block: str, text: str) -> None:
    """Puts the text into a block of a model card. Raises ValueError as ``around`` does."""
    before, after = around(card, block)
    card.write_text(f"{before}{text}\n{after}")


def main() -> None:
    """Writes ``vocabulary.json`` and ``SHA256SUMS`` beside the weights, and what it draws into the card."""
    (MODELS / "vocabulary.json").write_text(written(vocabulary()))
    write_sums(MODELS)
    card = MODELS / "README.md"
    if card.exists():  # not in a rehearsal
        names = [concept.name for concept in drawn()]
        fill(card, "things", f"- {len(names)} things: {', '.join(names)}; other words for them in `vocabulary.json`.")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
