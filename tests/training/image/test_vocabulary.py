"""What the captions of training say, and what is told about prompts, belong together."""

import random

import pytest

from core.vocabulary.unknown import unknown_words
from pipelines.catalogue.known_words import read_vocabulary
from training.image.card import MODELS
from training.world import couples
from training.world.captions import STYLE_WORDS, caption, plain
from training.world.icons import drawn
from training.world.scenes import GROUNDS

VOCABULARY = read_vocabulary(MODELS / "vocabulary.json")
FORMS = {*VOCABULARY.things, *VOCABULARY.other_words}
STRANGE = sorted(
    name
    for inside in VOCABULARY.kinds.values()
    for names in inside.values()
    for name in names
    if " " not in name and not FORMS & {name, name.removesuffix("s")} and name not in {"green", "done"}
)
LONG = [name for name in FORMS if " " in name]


def prompts(seed: int, count: int) -> list[str]:
    """Captions as the model was trained on, of one thing and of two."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        name, style, ground = rng.choice(drawn()).name, rng.choice(list(STYLE_WORDS)), rng.choice(list(GROUNDS))
        made += [
            caption(rng, name, style, ground),
            plain(name, style, ground),
            couples.caption(rng, couples.random_couple(rng)),
        ]
    return made


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_told_of_a_caption_of_training(seed):
    told = {prompt: unknown_words(VOCABULARY, prompt) for prompt in prompts(seed, 500)}
    assert {prompt: strange for prompt, strange in told.items() if strange} == {}


@pytest.mark.parametrize("seed", range(4))
def test_a_word_from_outside_is_told_alone_wherever_it_stands(seed):
    rng = random.Random(seed)
    wrong = {}
    for prompt in prompts(seed, 200):
        word = rng.choice(STRANGE)
        parts = prompt.split(" ")
        at = rng.randrange(len(parts) + 1)
        if any(" ".join(parts[max(at - 1, 0) : at + 1]).strip(",") in name for name in LONG):
            continue  # a name with a word in it is no longer that name
        changed = " ".join([*parts[:at], word, *parts[at:]])
        if unknown_words(VOCABULARY, changed) != (word,):
            wrong[changed] = unknown_words(VOCABULARY, changed)
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_name_is_known_in_every_case(name):
    for prompt in (name, name.upper(), name.replace(" ", "-"), f"the {name}'s", f"{name}, please!"):
        assert unknown_words(VOCABULARY, prompt) == ()
