"""Questions about a picture and their answers, both from its truth."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.answer.unknown import CANNOT_TELL, unanswerable
from training.answer.wordings import DESCRIBE, DETAIL, GROUND, STYLE, WHAT
from training.answer.yes_no import other_concept, yes_no
from training.world.icons import concept_named
from training.world.scenes import Scene
from training.world.words import (  # fmt: skip
    CATEGORIES,
    NUMBERS,
    STYLE_NAMES,
    UNCOUNTED,
    contents,
    ground_words,
    in_reading_order,
    is_or_are,
    place,
    plural,
    sentence,
    things,
    with_article,
)


@dataclass(frozen=True)
class Turn:
    """One question and its answer; ``kind`` groups the figures."""

    kind: str
    question: str
    answer: str


Maker = Callable[[random.Random, Scene], Turn | None]


def _what(rng: random.Random, scene: Scene) -> Turn | None:
    return Turn("what", rng.choice(WHAT), sentence(things(contents(scene))))


def _describe(rng: random.Random, scene: Scene) -> Turn | None:
    ground = (
        f"a {scene.grounds[0]} background" if len(scene.grounds) == 1 else f"a background that is {ground_words(scene)}"
    )
    words = f"{things(contents(scene), colours=True)} on {ground.replace('a o', 'an o')}"
    if rng.random() < 0.6:
        return Turn("describe", rng.choice(DESCRIBE), sentence(words))
    style = STYLE_NAMES[scene.objects[0].style]
    if all(place(item) for item in scene.objects):
        where = [f"{with_article(item.concept)} {place(item)}" for item in in_reading_order(scene)]
        listed = where[0] if len(where) == 1 else ", ".join(where[:-1]) + " and " + where[-1]
        return Turn(
            "describe: long",
            rng.choice(DETAIL),
            sentence(f"a picture in the {style} style: {listed}, on {ground.replace('a o', 'an o')}"),
        )
    return None


def _count(rng: random.Random, scene: Scene) -> Turn | None:
    count = contents(scene)
    if rng.random() < 0.3:
        total = len(scene.objects)
        asked = (
            "How many things are there?",
            "How many objects are in the picture?",
            "How many things are in this picture?",
            "How many things do you see?",
        )
        return Turn("how many", rng.choice(asked), sentence(NUMBERS[total]))
    there = rng.choice(list(count))
    name = there if rng.random() < 0.85 else other_concept(rng, scene, there)
    if name in UNCOUNTED:
        return None
    forms = (
        "How many {0} are there?",
        "How many {0} are in the picture?",
        "How many {0} do you see?",
        "How many {0} can you see in the image?",
        "Count the {0}.",
    )
    return Turn("how many", rng.choice(forms).format(plural(name)), sentence(NUMBERS[count[name]]))


def _ground(rng: random.Random, scene: Scene) -> Turn | None:
    return Turn("ground", rng.choice(GROUND), sentence(ground_words(scene)))


def _style(rng: random.Random, scene: Scene) -> Turn | None:
    return Turn("style", rng.choice(STYLE), sentence(STYLE_NAMES[scene.objects[0].style]))


def _where(rng: random.Random, scene: Scene) -> Turn | None:
    count = contents(scene)
    alone = [item for item in scene.objects if count[item.concept] == 1 and place(item)]
    if rng.random() < 0.12:
        name = other_concept(rng, scene)
        return Turn("absent", f"Where {is_or_are(name)} the {name}?", sentence(f"there {is_or_are(name)} no {name}"))
    if not alone:
        return None
    item = rng.choice(alone)
    forms = (
        "Where {1} the {0}?",
        "Where {1} the {0} in the picture?",
        "In which part of the picture {1} the {0}?",
        "Where can you see the {0}?",
    )
    return Turn("where", rng.choice(forms).format(item.concept, is_or_are(item.concept)), sentence(place(item)))


def _at(rng: random.Random, scene: Scene) -> Turn | None:
    if not all(place(item) for item in scene.objects):
        return None
    item = rng.choice(scene.objects)
    if sum(place(other) == place(item) for other in scene.objects) > 1:
        return None
    question = rng.choice(
        ("What is {0}?", "What is {0} of the picture?", "What do you see {0}?", "Which thing is {0}?")
    )
    return Turn("what is there", question.format(place(item)), sentence(with_article(item.concept)))


def _relation(rng: random.Random, scene: Scene) -> Turn | None:
    count = contents(scene)
    alone = [item for item in scene.objects if count[item.concept] == 1]
    if len(alone) < 2:
        return None
    base = rng.choice(alone)
    axis, sign, words = rng.choice(
        (
            (0, -1, "to the left of"),
            (0, 1, "to the right of"),
            (1, -1, rng.choice(("above", "over"))),
            (1, 1, rng.choice(("below", "under"))),
        )
    )
    gaps = [(sign * (item.centre[axis] - base.centre[axis]), item) for item in scene.objects if item is not base]
    there = [item for gap, item in gaps if gap > 0.25]
    if len(there) != 1 or any(0.1 < gap <= 0.25 for gap, _ in gaps):
        return None
    forms = ("What is {0} the {1}?", "What do you see {0} the {1}?", "Which thing is {0} the {1}?")
    return Turn("relation", rng.choice(forms).format(words, base.concept), sentence(with_article(there[0].concept)))


def _compare(rng: random.Random, scene: Scene) -> Turn | None:
    count = contents(scene)
    names = [name for name in count if name not in UNCOUNTED]
    if len(names) == 2 and rng.random() < 0.6:
        a, b = rng.sample(names, 2)
        answer = "they are equally many" if count[a] == count[b] else plural(a if count[a] > count[b] else b)
        return Turn("compare", f"Are there more {plural(a)} or more {plural(b)}?", sentence(answer))
    if len(scene.objects) == 2:
        same = len(count) == 1
        forms = ("Are the two things the same?", "Do both things show the same?", "Are they the same?")
        if not same or rng.random() < 0.5:
            return Turn("compare", rng.choice(forms), "Yes." if same else "No.")
    return None


def _colour(rng: random.Random, scene: Scene) -> Turn | None:
    item = rng.choice(scene.objects)
    colour = concept_named(item.concept).colour
    if not colour:
        return None
    forms = ["What colour {1} the {0}?", "Which colour {1} the {0}?", "What is the colour of the {0}?"] + [
        "What colour is it?"
    ] * (len(scene.objects) == 1)
    return Turn("colour", rng.choice(forms).format(item.concept, is_or_are(item.concept)), sentence(colour))


def _category(rng: random.Random, scene: Scene) -> Turn | None:
    if len(scene.objects) > 1:
        return None
    return Turn(
        "category",
        rng.choice(("What kind of thing is it?", "What kind of thing is this?")),
        sentence(CATEGORIES[concept_named(scene.objects[0].concept).category]),
    )


MAKERS: tuple[Maker, ...] = (
    _what, _what, _what, _what, _what, _describe, _describe, _describe, _at, _at, _at,
    _count, _count, _ground, _style, _style,
    _where, _where, _where, _relation, _relation, _relation, _relation, _compare, _compare, _colour, _category,
)  # fmt: skip


def turn(rng: random.Random, scene: Scene, claims: float = 0.4) -> Turn:
    """One question about a scene: ``claims`` of them are answered by yes or no, one in twenty not at all."""
    kind = rng.random()
    if kind < 0.05:
        return Turn("unknown", unanswerable(rng, scene.objects[0].concept), CANNOT_TELL)
    if kind < 0.05 + claims:
        return Turn(*yes_no(rng, scene))
    while True:
        made = rng.choice(MAKERS)(rng, scene)
        if made:
            return made
