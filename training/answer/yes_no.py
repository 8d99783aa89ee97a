"""Questions answered by yes or no, half of them no, with hard wrong claims: one part of the truth changed."""

import random
from collections import Counter
from collections.abc import Callable

from training.world import captions
from training.world.icons import ALL_STYLES, IMAGE_STYLES, concept_named, concepts
from training.world.scenes import GROUNDS, Scene
from training.world.words import (
    CATEGORIES,
    NUMBERS,
    PLACES,
    UNCOUNTED,
    caption,
    contents,
    counted,
    is_or_are,
    place,
    plural,
    with_article,
)

Claim = tuple[str, str]  # kind of question, question
FIGURE = 'Does this figure show "{0}"?'


def other_concept(rng: random.Random, scene: Scene, like: str = "") -> str:
    """A concept that is not in the scene, half the time of the same category as ``like``."""
    there = {item.concept for item in scene.objects}
    near = like and rng.random() < 0.5
    names = [
        one.name
        for one in concepts()
        if one.name not in there and (not near or one.category == concept_named(like).category)
    ]
    return rng.choice(names)


def _other_ground(rng: random.Random, scene: Scene) -> str:
    return rng.choice([ground for ground in GROUNDS if ground not in scene.grounds])


def _name(rng: random.Random, name: str) -> str:
    """The concept's name, sometimes another word for it."""
    synonyms = concept_named(name).synonyms
    return rng.choice(synonyms) if synonyms and rng.random() < 0.2 else name


def _presence(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    there = rng.choice(scene.objects).concept
    thing = with_article(_name(rng, there if true else other_concept(rng, scene, there)))
    forms = ["Is there {0} in the picture?", "Is there {0}?", "Can you see {0}?", "Does the picture show {0}?"]
    forms += [
        "Do you see {0} in this picture?",
        "Does this image contain {0}?",
        "Is {0} in the picture?",
        FIGURE,
        FIGURE,
    ]
    if len(scene.objects) == 1:
        forms += ["Is this {0}?", "Is it {0}?", "Is this a picture of {0}?", "Is that {0}?"]
    return "yes/no: thing", rng.choice(forms).format(thing)


def _both(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    there = sorted({item.concept for item in scene.objects})
    if len(there) < 2:
        return None
    a, b = rng.sample(there, 2)
    if not true:
        b = other_concept(rng, scene, b)
        a, b = rng.sample([a, b], 2)
    pair = f"{with_article(a)} and {with_article(b)}"
    return "yes/no: thing", rng.choice(
        ("Are there {0}?", "Does the picture show {0}?", FIGURE, "Can you see {0} in the picture?")
    ).format(pair)


def _ground(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    if len(scene.grounds) > 1:
        return None
    ground = scene.grounds[0] if true else _other_ground(rng, scene)
    ground = "grey" if ground == "gray" and rng.random() < 0.5 else ground
    forms = ["Is the background {0}?", "Is it on a {0} background?", "Is the colour of the background {0}?"]
    forms += ["Does the picture have a {0} background?", FIGURE.format("a {0} background")]
    return "yes/no: ground", rng.choice(forms).format(ground)


def _style(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    own = scene.objects[0].style
    style = own if true else rng.choice([one for one in ALL_STYLES if one != own])
    return "yes/no: style", rng.choice(
        ("Is it drawn in the {0} style?", "Is this a {0} style picture?", "Is the style {0}?", "Is this in {0} style?")
    ).format(style)


def _count(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    name, number = rng.choice([*contents(scene).items(), ("", len(scene.objects))])
    if name in UNCOUNTED:
        return None
    said = number if true else rng.choice([one for one in range(1, 5) if one != number])
    verb = "Is" if said == 1 else "Are"
    if name:
        thing = counted(name, said) if said > 1 else f"one {name}"
        return "yes/no: count", rng.choice(
            (f"{verb} there {thing}?", f"{verb} there exactly {thing} in the picture?", FIGURE.format(thing))
        )
    return (
        "yes/no: count",
        f"{verb} there {NUMBERS[said]} thing{'s' * (said > 1)}{rng.choice((' in the picture', ''))}?",
    )


def _place(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    alone = [item for item in scene.objects if contents(scene)[item.concept] == 1 and place(item)]
    if not alone:
        return None
    item = rng.choice(alone)
    where = (
        place(item)
        if true
        else rng.choice([words for words in PLACES.values() if not set(words.split()[2:]) <= set(place(item).split())])
    )
    return "yes/no: place", f"{is_or_are(item.concept).capitalize()} the {item.concept} {where}?"


def _relation(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    alone = [item for item in scene.objects if contents(scene)[item.concept] == 1]
    if len(alone) < 2:
        return None
    a, b = rng.sample(alone, 2)
    axis = rng.choice((0, 1))
    gap = a.centre[axis] - b.centre[axis]
    if abs(gap) < 0.25:
        return None
    words = (
        ("to the left of", "to the right of")
        if axis == 0
        else (rng.choice(("above", "over")), rng.choice(("below", "under")))
    )
    said = words[(gap > 0) == true]
    forms = (
        f"{is_or_are(a.concept).capitalize()} the {a.concept} {said} the {b.concept}?",
        FIGURE.format(f"{with_article(a.concept)} {said} {with_article(b.concept)}"),
    )
    return "yes/no: relation", rng.choice(forms)


def _caption(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    if len(scene.grounds) > 1:
        return None
    count, ground, style = contents(scene), scene.grounds[0], scene.objects[0].style
    use_ground, use_style = rng.random() < 0.8, rng.random() < 0.4
    if not true:
        wrong = rng.choice(["thing", "thing", "count", *["ground"] * use_ground, *["style"] * use_style])
        name = rng.choice(list(count))
        if wrong == "thing":
            count = Counter({(other_concept(rng, scene, one) if one == name else one): n for one, n in count.items()})
        elif wrong == "count":
            if name in UNCOUNTED:
                return None
            count = Counter(count)  # "a fox" stays true of two foxes, so a wrong number is two or more
            count[name] = rng.choice([one for one in range(2, 5) if one != count[name]])
        elif wrong == "ground":
            ground = _other_ground(rng, scene)
        else:
            style = rng.choice([one for one in ALL_STYLES if one != style])
    words = caption(rng, count, ground if use_ground else "", style if use_style else "")
    return "yes/no: caption", rng.choice(
        (FIGURE,) * 4 + ("Does the picture show {0}?", "Is this {0}?", "Is this a picture of {0}?")
    ).format(words)


def _prompt(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    """A prompt as the image model learned them: of one thing in a style it draws."""
    item, ground = scene.objects[0], scene.grounds[0]
    if len(scene.objects) > 1 or len(scene.grounds) > 1 or item.style not in IMAGE_STYLES:
        return None
    name = item.concept
    if not true and rng.random() < 0.6:
        name = other_concept(rng, scene, name)
    elif not true:  # white goes without saying in these prompts, so it is no wrong claim
        ground = rng.choice([one for one in GROUNDS if one not in {ground, "white"}])
    return "yes/no: prompt", FIGURE.format(captions.caption(rng, name, item.style, ground))


def _category(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    kinds = {concept_named(item.concept).category for item in scene.objects}
    if len(scene.objects) > 1 or "sky" in kinds:
        return None
    kind = kinds.pop() if true else rng.choice([one for one in CATEGORIES if one not in kinds and one != "sky"])
    return "yes/no: category", rng.choice(("Is it {0}?", "Is this {0}?")).format(CATEGORIES[kind])


def _more(rng: random.Random, scene: Scene, true: bool) -> Claim | None:
    count = {name: n for name, n in contents(scene).items() if name not in UNCOUNTED}
    if len(count) < 2:
        return None
    a, b = rng.sample(list(count), 2)
    if count[a] == count[b] or (count[a] > count[b]) != true:
        a, b = b, a
    if (count[a] > count[b]) != true:
        return None
    return "yes/no: compare", f"Are there more {plural(a)} than {plural(b)}?"


CLAIMS: tuple[Callable[[random.Random, Scene, bool], Claim | None], ...] = (
    _presence, _presence, _presence, _both, _ground, _ground, _style, _style, _count, _count, _place, _place,
    _relation, _relation, _relation, _caption, _caption, _caption, _caption, _prompt, _prompt, _prompt,
    _category, _more,
)  # fmt: skip


def yes_no(rng: random.Random, scene: Scene) -> tuple[str, str, str]:
    """Kind, question, ``Yes.`` or ``No.``: the answer is drawn first, so that both are equally frequent."""
    true = rng.random() < 0.5
    while True:
        claim = rng.choice(CLAIMS)(rng, scene, true)
        if claim:
            kind, question = claim
            if rng.random() < (0.7 if "this figure" in question else 0.1):
                question += " Please answer yes or no."
            return kind, question, "Yes." if true else "No."
