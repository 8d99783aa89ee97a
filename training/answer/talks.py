"""Whole talks about a picture: single questions, follow-ups, and what can be asked of shapes and of nothing."""

import random
from collections import Counter

from training.answer.pictures import Picture, Shape
from training.answer.questions import Turn, turn
from training.answer.unknown import CANNOT_TELL, unanswerable
from training.answer.wordings import DESCRIBE, DETAIL, GROUND, STYLE, WHAT
from training.answer.yes_no import other_concept, yes_no
from training.world.icons import concept_named
from training.world.scenes import Scene
from training.world.words import (
    CATEGORIES,
    NUMBERS,
    STYLE_NAMES,
    UNCOUNTED,
    caption,
    contents,
    ground_words,
    on_ground,
    place,
    sentence,
    things,
    with_article,
)

Talk = list[Turn]


def follow_up(rng: random.Random, scene: Scene) -> Talk:
    """What is it, then questions that say "it": the talk only makes sense in order."""
    talk = [Turn("what", rng.choice(WHAT), sentence(things(contents(scene))))]
    item, style = scene.objects[0], scene.objects[0].style
    it = "it" if len(scene.objects) == 1 and item.concept not in UNCOUNTED else "they"
    verb = "is" if it == "it" else "are"
    more = [
        Turn("follow-up", f"And which style {verb} {it}?", sentence(STYLE_NAMES[style])),
        Turn("follow-up", "And the background?", sentence(ground_words(scene))),
    ]
    if it == "it":
        if place(item):
            more.append(Turn("follow-up", rng.choice(("Where is it?", "And where is it?")), sentence(place(item))))
        colour, kind = concept_named(item.concept).colour, concept_named(item.concept).category
        if colour:
            more.append(Turn("follow-up", rng.choice(("What colour is it?", "And its colour?")), sentence(colour)))
        claimed = rng.choice([kind, *[one for one in CATEGORIES if one != "sky"]])
        if kind != "sky" and claimed != "sky":
            more.append(Turn("follow-up", f"Is it {CATEGORIES[claimed]}?", "Yes." if claimed == kind else "No."))
    else:
        more.append(Turn("follow-up", "How many are there?", sentence(NUMBERS[len(scene.objects)])))
    more += [Turn("follow-up", *yes_no(rng, scene)[1:]) for _ in range(2)]
    return talk + rng.sample(more, rng.choice((1, 2)))


def shape_turn(rng: random.Random, shape: Shape) -> Turn:
    """Our own questions about an easy-VQA picture, beside those the data set asks."""
    words = with_article(f"{shape.colour} {shape.kind}")
    made = rng.choice((
        Turn("shape", rng.choice(WHAT), sentence(words)), Turn("shape", rng.choice(DESCRIBE), sentence(words)),
        Turn("shape", f"What colour is the {shape.kind}?", sentence(shape.colour)),
        Turn("shape", "How many shapes are there?", "One."),
        Turn("shape", f'Does this figure show "{words}"? Please answer yes or no.', "Yes."),
    ))  # fmt: skip
    return made


def nothing_turn(rng: random.Random) -> Turn:
    """About a picture of nothing known: there is no such thing in it, and no more can be said."""
    if rng.random() < 0.5:
        return Turn("nothing", rng.choice(WHAT + DESCRIBE + DETAIL + GROUND + STYLE), CANNOT_TELL)
    scene = Scene((), ("white",))
    name = other_concept(rng, scene)
    forms = (
        f"Is there {with_article(name)} in the picture?",
        f'Does this figure show "{caption_of(rng, name)}"? Please answer yes or no.',
        f"Is this {with_article(name)}?",
    )
    return Turn("nothing", rng.choice(forms), "No.")


def caption_of(rng: random.Random, name: str) -> str:
    """A caption of one thing, on a ground or not."""
    return caption(rng, Counter({name: 1})) + (on_ground("white", rng) if rng.random() < 0.3 else "")


def talks(rng: random.Random, picture: Picture, many: int = 7, claims: float = 0.4) -> list[Talk]:
    """``many`` independent talks about one picture; the last one about a scene has follow-up questions."""
    if picture.scene:
        last = follow_up(rng, picture.scene) if rng.random() < 0.4 else [turn(rng, picture.scene)]
        return [[turn(rng, picture.scene, claims)] for _ in range(many - 1)] + [last]
    if picture.shape:
        asked = rng.sample(picture.asked, min(len(picture.asked), many))
        own = [[shape_turn(rng, picture.shape)], [Turn("unknown", unanswerable(rng, picture.shape.kind), CANNOT_TELL)]]
        return [[Turn("easy-VQA", question, sentence(answer))] for question, answer in asked] + own
    return [[nothing_turn(rng)] for _ in range(many)]
