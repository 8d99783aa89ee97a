from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vocabulary.unknown import unknown, unknown_words
from core.vocabulary.vocabulary import Vocabulary
from tests.core.vocabulary.small import SMALL


@pytest.mark.parametrize(
    "prompt",
    [
        "a dog",
        "DOG!",
        "one mouse, a puppy and a few cherries",
        "a teddy bear and ice-cream",
        "a Hot Dog next to an airplane",
        "a T-shirt",
        "a cup of coffee",
        "a maple-leaf on a gray background",
        "the cutest dog ever, brown",
        "Could you please draw me a dog? It's seen from the side, thanks",
        "a pair of glasses",
        "the dog’s guitar",
        "5 cherries, one of them first",
        "gray-blue dog",
        "a uni\u00adcorn",  # a soft hyphen
        "",
        "  \n ",
        "-- ' \" <> &",
    ],
)
def test_what_it_knows_is_not_told(prompt):
    assert unknown_words(SMALL, prompt) == ()


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a violin", ("violin",)),
        ("Violin, VIOLIN and a violin", ("violin",)),
        ("two dogs and three mice", ("dogs", "mice")),  # it was taught no plurals
        ("Teddy bears, octopi and maple leaves", ("teddy bears", "octopi", "maple leaves")),
        ("a teddybear and a uni corn", ("teddybear", "uni corn")),
        ("an aeroplane on grey", ("aeroplane", "grey")),
        ("the reddest dog", ("reddest",)),
        ("a three-legged dog", ("legged",)),
        ("geese and wolves", ("geese", "wolves")),
        ("a bear", ("bear",)),  # a teddy bear is known
        ("ice on a hot grill", ("ice", "hot", "grill")),
        ("a glass", ("glass",)),  # glasses are known
        ("a cup", ("cup",)),
        ("a dark-blue dog", ("dark",)),
        ("a merry-go-round", ("merry-go-round",)),
        (
            "a forest, a letter, butter and a drawer",
            ("forest", "letter", "butter", "drawer"),
        ),  # no degrees of for and let
        ("cans", ("cans",)),
        ("the horse's violin", ("horse", "violin")),
        ("l'éléphant", ("l'éléphant",)),
        ("🎻 and 👩🏽‍🚀", ("🎻", "👩🏽‍🚀")),
        ("一只猫 कुत्ता e\u0301t\u0065\u0301", ("一只猫", "कुत्ता", "e\u0301te\u0301")),
        ("gui\u200btar and vio\u200blins", ("violins",)),
        ("<b>taco</b>", ("b", "taco")),
    ],
)
def test_what_it_does_not_know_is_told_once_in_its_order(prompt, words):
    assert unknown_words(SMALL, prompt) == words


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a dog without a collar", ()),
        ("no collar, no leash", ()),
        ("I don't want any cars, just a dog in a park", ("park",)),
        ("not a dog but a wolf", ("wolf",)),
        ("not only a dog but also a wolf", ("wolf",)),
        ("a wolf instead of a horse", ("wolf",)),
        ("a dog without a collar. A violin", ("violin",)),
        ("a dog without a collar on a sofa", ("sofa",)),
        ("don’t forget the violin", ("violin",)),
        ("a wolf, never a horse or a goose", ("wolf",)),
    ],
)
def test_what_is_not_wanted_is_not_told(prompt, words):
    assert unknown_words(SMALL, prompt) == words


def test_a_model_that_was_taught_plurals_knows_them():
    taught = replace(SMALL, plurals=True)
    assert unknown_words(taught, "two dogs, mice, teddy bears and cups of coffee next to a grey puppies' wolf") == (
        "grey",
        "wolf",
    )


def test_places_are_those_in_the_prompt():
    prompt = "The horse’s Violin — and a merry-go-round"
    assert [prompt[token.start : token.end] for token in unknown(SMALL, prompt)] == [
        "horse",
        "Violin",
        "merry-go-round",
    ]


def test_a_model_that_any_word_may_be_tried_on_has_no_unknown_words():
    assert unknown_words(Vocabulary(more={"shapes": ("circle",)}), "a violin") == ()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_the_places_hold_the_words(prompt):
    for token in unknown(SMALL, prompt):
        assert 0 <= token.start < token.end <= len(prompt)
        assert token.text
    assert set(unknown_words(SMALL, prompt)) == {token.text for token in unknown(SMALL, prompt)}


def test_a_long_prompt_is_read_quickly():
    assert len(unknown_words(SMALL, " ".join(f"zq{at}x" for at in range(300)))) == 300
    assert unknown_words(SMALL, "-'" * 1000) == ()
    assert len(unknown_words(SMALL, "x-" * 999 + "x")) == 1
