from __future__ import annotations

import json

import pytest

from core.vocabulary.english import compared, plural, singular, spelt
from core.vocabulary.vocabulary import Vocabulary
from tests.core.vocabulary.small import SMALL


def test_what_is_listed_is_plain_json_without_the_table_of_kinds():
    listed = SMALL.listed()
    assert json.loads(json.dumps(listed)) == listed
    assert listed["other_words"]["puppy"] == "dog"
    assert "kinds" not in listed
    assert Vocabulary(more={"shapes": ("circle",)}).listed() == {"shapes": ["circle"]}
    assert Vocabulary().listed() == {}


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("fox", "foxes"), ("strawberry", "strawberries"), ("key", "keys"), ("maple leaf", "maple leaves"),
        ("snowman", "snowmen"), ("mouse", "mice"), ("cup of coffee", "cups of coffee"), ("gold fish", "gold fish"),
        ("knife", "knives"), ("cactus", "cactuses"), ("photo", "photos"),
    ],
)  # fmt: skip
def test_plurals(one, many):
    assert plural(one)[0] == many


@pytest.mark.parametrize(
    ("many", "one"),
    [("geese", "goose"), ("berries", "berry"), ("wolves", "wolf"), ("buses", "bus"), ("cacti", "cactus")],
)
def test_singulars(many, one):
    assert one in singular(many)


@pytest.mark.parametrize("word", ["bus", "glass", "violin", "s", "", "is"])
def test_what_is_no_plural_has_no_singular(word):
    assert not [one for one in singular(word) if one in {"bu", "glas", "i"}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("colour", "color"),
        ("Grey", "gray"),
        ("aeroplane", "airplane"),
        ("centres", "centers"),
        ("Ice-Cream", "icecream"),
    ],
)
def test_ways_to_spell_a_word_are_one(one, other):
    assert spelt(one) == spelt(other)


def test_a_hyphen_is_the_space_it_may_stand_for():
    assert compared("Teddy-Bear’s") == "teddy bear's"


def test_what_is_meant_by_a_name_is_the_word_that_is_known():
    assert SMALL.meant["icecream"] == "ice cream"
    assert SMALL.meant["puppies"] == "dog"
    assert "puppies" not in SMALL.named
