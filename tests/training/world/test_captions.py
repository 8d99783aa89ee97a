import random

import pytest

from training.world.captions import STYLE_WORDS, caption
from training.world.icons import concept_named, concepts
from training.world.scenes import GROUNDS


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_ground_is_always_named_but_for_white(ground):
    texts = [caption(random.Random(seed), "football", "flat", ground) for seed in range(60)]
    named = [ground in text for text in texts]
    assert all(named) if ground != "white" else 0 < sum(named) < len(named)


@pytest.mark.parametrize("concept", concepts()[::7], ids=lambda concept: concept.name)
def test_a_caption_names_the_thing_and_no_other_style(concept):
    for seed in range(40):
        text = caption(random.Random(seed), concept.name, "flat", "blue")
        assert any(word in text for word in (concept.name, *concept.synonyms))
        assert "3d" not in text


def test_a_natural_colour_stands_beside_a_white_ground():
    texts = [caption(random.Random(seed), "apple", "3d", "white") for seed in range(100)]
    assert concept_named("apple").colour == "red"
    assert "a red apple" in texts
    assert not any("red background" in text for text in texts)


def test_the_style_is_left_out_now_and_then():
    texts = [caption(random.Random(seed), "fox", "3d", "blue") for seed in range(100)]
    assert 10 < sum(STYLE_WORDS["3d"][0] not in text for text in texts) < 60
