from __future__ import annotations

from core.vocabulary.vocabulary import Vocabulary
from ui.show import examples

VOCABULARY = Vocabulary(
    things=("dog", "owl", "cherries", "apple", "bus", "pine tree"), uncounted=("cherries",), grounds=("blue", "orange")
)


def test_examples_are_things_the_model_knows():
    assert examples.from_vocabulary(VOCABULARY, 4) == [
        "a dog",
        "an owl on an orange background",
        "an apple",
        "a bus on an orange background",
    ]


def test_without_room_or_words_there_are_none():
    assert examples.from_vocabulary(VOCABULARY, 0) == []
    assert examples.from_vocabulary(Vocabulary(), 4) == []


def test_the_first_example_is_the_one_of_the_services(services):
    assert examples.prompts(services) == ("a red apple", "two cats")
