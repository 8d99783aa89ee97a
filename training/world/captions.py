"""Words for a centred drawing, in the many ways people ask for one."""

import random

from training.world.icons import Concept, concept_named, concepts
from training.world.scenes import GROUNDS

STYLE_WORDS = {"flat": ("flat", "flat style"), "3d": ("3d", "3d style")}
DEFAULT_GROUND = "white"  # what a prompt without a ground gets

OPENINGS = ("a picture of", "an icon of", "an emoji of", "a drawing of", "an image of", "draw", "a cute")
GROUND_WORDS = (
    "on a {} background",
    "on {} background",
    "on {}",
    "with a {} background",
    "{} background",
    "on a {} ground",
    "in front of a {} background",
    "against a {} background",
)


def article(words: str) -> str:
    """The words with their article: ``an owl``, ``a fox``, plurals without one."""
    if words in {"grapes", "cherries", "glasses", "french fries", "scissors", "popcorn", "broccoli", "fries", "chips"}:
        return words
    return f"an {words}" if words[0] in "aeio" else f"a {words}"


def thing(rng: random.Random, concept: Concept) -> str:
    """The concept's name or a synonym, now and then with its natural colour: ``a red apple``."""
    name = rng.choice(concept.synonyms) if concept.synonyms and rng.random() < 0.25 else concept.name
    if concept.colour and rng.random() < 0.3:
        name = f"{concept.colour} {name}"
    kind = rng.random()
    if kind < 0.65:
        return article(name)
    return name if kind < 0.85 else f"the {name}"


def caption(rng: random.Random, name: str, style: str, ground: str) -> str:
    """One wording. The style is left out in a third of them, the ground only where it is white."""
    words = thing(rng, concept_named(name))
    if rng.random() < 0.25:
        words = f"{rng.choice(OPENINGS)} {words}".replace("a cute a ", "a cute ").replace("a cute an ", "a cute ")
    short = style
    place = rng.choice(GROUND_WORDS[:1] * 3 + GROUND_WORDS).format(ground).replace(" a orange", " an orange")
    if ground == DEFAULT_GROUND and rng.random() < 0.65:
        place = ""
    if rng.random() < 0.35:
        return f"{words} {place}".strip()
    kind = rng.randrange(6)
    comma = ", " if rng.random() < 0.6 else " "
    if kind == 0:
        return f"{short} icon of {words}{' ' + place if place else ''}"
    if kind == 1:
        return f"{words}, {short} style{comma + place if place else ''}"
    if kind == 2:
        return f"{words} in {short} style{comma + place if place else ''}"
    if kind == 3:
        return f"{words}{' ' + place if place else ''}, {short}"
    return f"{words}{' ' + place if place else ''}, {short} style"


def plain(name: str, style: str, ground: str) -> str:
    """The plainest full wording, by which figures are measured: ``a fox on a blue background, flat style``."""
    return f"{article(name)} on {article(ground)} background, {style} style"


def every_word() -> list[str]:
    """Texts that hold every word of the vocabulary, for the tokenizer."""
    rng = random.Random(0)
    texts = [
        caption(rng, concept.name, style, ground)
        for concept in concepts()
        for style in STYLE_WORDS
        for ground in GROUNDS
    ]
    return texts + [word for concept in concepts() for word in (concept.name, *concept.synonyms)] * 4
