"""A vocabulary of a dozen things, for tests."""

from __future__ import annotations

from core.vocabulary.vocabulary import Vocabulary

SMALL = Vocabulary(
    things=("dog", "mouse", "cherries", "hot dog", "ice cream", "teddy bear", "guitar", "umbrella", "octopus",
            "airplane", "maple leaf", "unicorn", "glasses"),
    other_words={"puppy": "dog", "cherry": "cherries", "cup of coffee": "ice cream", "t shirt": "glasses"},
    styles=("flat style",),
    grounds=("red", "gray", "blue"),
    words={"colours": ("brown",), "openings": ("a picture of", "a cute"), "places": ("and", "on", "next to")},
    uncounted=("cherries", "glasses"),
    kinds={
        "musical": {"instrument": ("saxophone", "guitar", "violin", "drum")},
        "animal": {"mammal": ("wolf", "dog", "horse", "unicorn", "mouse"), "bird": ("goose", "eagle")},
        "place": {"building": ("castle",)},
    },
)  # fmt: skip
