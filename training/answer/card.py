"""What lies beside the answer model's weights: its vocabulary, questions it is good at, and the hash of the weights."""

import argparse
import json

from training.answer.llava import FOLDER
from training.sums import write_sums
from training.world.icons import ALL_STYLES, concepts
from training.world.scenes import GROUNDS
from training.world.shapes import SHAPE_COLOURS, SHAPES

EXAMPLE_QUESTIONS = (  # of the kinds it answers well
    "What is this?",
    "Describe the picture.",
    "How many things are there?",
    "What colour is the background?",
    "Which style is it drawn in?",
    "What kind of thing is it?",
    "What is at the top left?",
    "Is there a fox in the picture?",
    "Is the background blue?",
    "Who made this picture?",
)


def vocabulary() -> dict[str, list[str]]:
    """Group -> words, in the form that ``core.vocabulary.vocabulary`` describes."""
    return {
        "things": [concept.name for concept in concepts()],
        "styles": list(ALL_STYLES),
        "grounds": list(GROUNDS),
        "shapes": list(SHAPES),
        "shape_colours": list(SHAPE_COLOURS),
        "example_questions": list(EXAMPLE_QUESTIONS),
    }


def main() -> None:
    """Writes ``vocabulary.json`` and ``SHA256SUMS`` beside the weights."""
    (FOLDER / "vocabulary.json").write_text(json.dumps(vocabulary(), indent=1) + "\n")
    write_sums(FOLDER)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
