from __future__ import annotations

from dataclasses import replace

import pytest

from core.vocabulary.suggestions import replaced, sample, suggestions
from tests.core.vocabulary.small import SMALL


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("violin", ("guitar",)),
        ("drums", ("guitar",)),
        ("horse", ("dog", "unicorn", "mouse")),
        ("goose", ("mouse", "unicorn", "dog")),  # no bird is known, other animals are
        ("geese", ("mouse", "unicorn", "dog")),
        ("castle", ()),
        ("gitar", ("guitar",)),
        ("umbrela", ("umbrella",)),
        ("octopusses", ("octopus",)),
        ("mice", ("mouse",)),
        ("teddy bears", ("teddy bear",)),
        ("icecream", ("ice cream",)),
        ("aeroplane", ("airplane",)),
        ("grey", ("gray",)),
        ("puppies", ("dog",)),
        ("doug", ()),
        ("riding", ()),
        ("x" * 2_000, ()),
        ("'s", ()),
    ],
)
def test_the_nearest_things_are_its_like_or_what_was_meant(word, near):
    assert suggestions(SMALL, word) == near


def test_no_more_are_given_than_were_asked_for():
    assert suggestions(SMALL, "horse", 1) == ("dog",)
    assert sample(SMALL, 2) == ("dog", "guitar")
    assert sample(SMALL, 0) == ()


def test_a_model_of_plurals_keeps_the_number():
    assert replaced(replace(SMALL, plurals=True), "two violins", "violins", "guitar") == "two guitars"


@pytest.mark.parametrize(
    ("prompt", "word", "thing", "becomes"),
    [
        ("a violin", "violin", "guitar", "a guitar"),
        ("A violin, on red", "violin", "umbrella", "An umbrella, on red"),
        ("an oboe", "oboe", "unicorn", "a unicorn"),
        ("a violin", "violin", "cherries", "cherries"),
        ("two violins and a violin", "violins", "guitar", "a guitar and a violin"),
        ("a few violins, some violins", "violins", "umbrella", "an umbrella, an umbrella"),
        ("the violins", "violins", "guitar", "the guitar"),
        ("Teddy bears on grey", "teddy bears", "teddy bear", "teddy bear on grey"),
        ("a dog on grey", "grey", "gray", "a dog on gray"),
        ("violin and VIOLIN", "violin", "guitar", "guitar and guitar"),
        ("the horse’s tail", "horse", "dog", "the dog’s tail"),
        ("a merry-go-round", "merry-go-round", "octopus", "an octopus"),
        ("a big violin", "violin", "umbrella", "a big umbrella"),
        ("a dog", "dog", "mouse", "a dog"),  # it is known
        ("a cat", "violin", "guitar", "a cat"),
    ],
)
def test_a_thing_stands_in_for_a_word_in_its_number_with_its_article(prompt, word, thing, becomes):
    assert replaced(SMALL, prompt, word, thing) == becomes
