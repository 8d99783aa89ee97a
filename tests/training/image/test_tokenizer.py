import pytest

from training.world import packages

if not packages.cached(packages.WORDS_PACKAGE):
    pytest.skip("emojibase-data is not in training/.cache", allow_module_level=True)

from training.image.tokenizer import LENGTH, train
from training.world.icons import concepts


@pytest.fixture(scope="module")
def tokenizer():
    return train()


@pytest.mark.parametrize("text", ["a fox on a blue background", "3 d icon of french fries", "élan vital", "zqxj"])
def test_words_come_back(tokenizer, text):
    assert tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True) == text


def test_each_word_of_a_concept_is_few_tokens_and_nothing_is_unknown(tokenizer):
    for concept in concepts():
        inner = tokenizer(concept.name).input_ids[1:-1]
        assert len(inner) <= 2 * len(concept.name.split())
        assert tokenizer.eos_token_id not in inner
    assert tokenizer.eos_token_id not in tokenizer("🦊 \u202e ∑").input_ids[1:-1]


def test_long_text_is_cut_to_what_the_encoders_read(tokenizer):
    assert len(tokenizer("fox " * 100, truncation=True).input_ids) == LENGTH
