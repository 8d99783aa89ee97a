"""What lies beside the answer model's weights: its vocabulary, questions it is good at, and the hash of the weights."""

import json

from training.card import hashes
from training.icons import ALL_STYLES, concepts
from training.llava import FOLDER
from training.scenes import GROUNDS
from training.shapes import SHAPE_COLOURS, SHAPES

EXAMPLE_QUESTIONS = (
    "What is this?",
    "Describe the picture.",
    "Describe the picture in detail.",
    "How many things are there?",
    "What colour is the background?",
    "Which style is it drawn in?",
    "Where is the fox?",
    "Is there a fox in the picture?",
    "Is the fox to the left of the key?",
    "Are there more foxes than keys?",
)


def vocabulary() -> dict[str, list[str]]:
    """Group -> words, as the page lists them."""
    return {
        "concepts": [concept.name for concept in concepts()],
        "styles": list(ALL_STYLES),
        "grounds": list(GROUNDS),
        "shapes": list(SHAPES),
        "shape colours": list(SHAPE_COLOURS),
        "example_questions": list(EXAMPLE_QUESTIONS),
    }


def main() -> None:
    """Writes ``vocabulary.json`` and ``SHA256SUMS`` beside the weights."""
    (FOLDER / "vocabulary.json").write_text(json.dumps(vocabulary(), indent=1) + "\n")
    lines = [f"{digest}  {name}\n" for name, digest in hashes(FOLDER).items()]
    (FOLDER / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main()
