import random
import re

import pytest

from training.answer.pictures import nothing, random_truth
from training.answer.questions import turn
from training.answer.talks import follow_up, talks
from training.answer.unknown import CANNOT_TELL, varied
from training.answer.yes_no import yes_no
from training.world.scenes import GROUNDS, Scene, SceneObject
from training.world.shapes import SHAPE_COLOURS, SHAPES, shape_pictures
from training.world.splits import held_out
from training.world.words import STYLE_NAMES, counted, plural, with_article

FOX = SceneObject("fox", "flat", (0.05, 0.3, 0.45, 0.7))
KEY = SceneObject("key", "flat", (0.55, 0.3, 0.95, 0.7))
SCENE = Scene((FOX, KEY), ("blue",))


def answers(kind: str, scene: Scene = SCENE) -> dict[str, str]:
    turns = [turn(random.Random(seed), scene) for seed in range(1500)]
    return {one.question: one.answer for one in turns if one.kind == kind}


def test_plain_questions_have_the_answers_of_the_scene():
    assert set(answers("what").values()) == {"A fox and a key."}
    assert set(answers("ground").values()) == {"Blue."}
    assert set(answers("style").values()) == {"Flat."}
    assert {answer for question, answer in answers("where").items() if "fox" in question} == {"On the left."}
    assert answers("relation")["What is to the right of the fox?"] == "A key."
    assert answers("how many")["How many foxes are there?"] == "One."
    assert {"None."} == {a for q, a in answers("how many").items() if not re.search("fox|key|thing|object", q)}
    assert set(answers("describe").values()) == {"An orange fox and a yellow key on a blue background."}


def test_yes_and_no_are_equally_frequent():
    rng = random.Random(0)
    said = [yes_no(rng, random_truth(rng))[2] for _ in range(4000)]
    assert abs(said.count("Yes.") / len(said) - 0.5) < 0.03


def test_claims_follow_from_the_scene():
    found = {}
    for seed in range(4000):
        _, question, answer = yes_no(random.Random(seed), SCENE)
        assert found.setdefault(question, answer) == answer, question
    claims = {question.removesuffix(" Please answer yes or no."): answer for question, answer in found.items()}
    for question, answer in claims.items():
        things = set(re.findall(r"\b(?:fox(?:es)?|key)\b", question))
        if match := re.search(
            rf"\b({'|'.join(GROUNDS)})\b", question.replace("orange fox", "fox").replace("yellow k", "k")
        ):
            assert match[1] == "blue" or answer == "No.", question
        elif "left of" in question and things == {"fox", "key"}:
            assert (answer == "Yes.") == (question.index("fox") < question.index("key")), question


def test_words():
    assert [with_article(word) for word in ("owl", "unicorn", "ufo", "umbrella", "scissors", "earth")] == [
        "an owl", "a unicorn", "a ufo", "an umbrella", "scissors", "the earth",
    ]  # fmt: skip
    assert [plural(word) for word in ("fox", "butterfly", "mouse", "key", "maple leaf")] == [
        "foxes", "butterflies", "mice", "keys", "maple leaves",
    ]  # fmt: skip
    assert counted("apple", 2, "red") == "two red apples"


@pytest.mark.parametrize("held", [False, True])
def test_the_split_never_leaks(held: bool):
    rng = random.Random(1)
    assert all(held_out(random_truth(rng, held=held)) is held for _ in range(300))


def test_about_a_tenth_of_the_drawings_are_held_out():
    names = ["fox", "key", "owl", "bus", "pear", "tent"]
    singles = [
        Scene((SceneObject(name, style, (0, 0, 1, 1)),), (g,))
        for name in names
        for style in STYLE_NAMES
        for g in GROUNDS
    ]
    assert 0.04 < sum(map(held_out, singles)) / len(singles) < 0.18


def test_follow_ups_stay_in_one_talk_and_begin_with_what_it_is():
    for seed in range(200):
        rng = random.Random(seed)
        first, *more = follow_up(rng, random_truth(rng))
        assert first.kind == "what"
        assert more


def test_what_a_picture_of_nothing_shows_is_not_made_up():
    rng = random.Random(3)
    said = {one.answer for _ in range(50) for talk in talks(rng, nothing(rng)) for one in talk}
    assert said == {CANNOT_TELL, "No."}


def test_questions_beyond_the_picture_are_among_them():
    assert set(answers("unknown").values()) == {CANNOT_TELL}


def test_writing_is_varied_without_losing_the_thing():
    texts = {varied(random.Random(seed), "What colour is the fox?") for seed in range(300)}
    assert len(texts) > 10
    assert all("fox" in text.lower() for text in texts)


def test_easy_vqa_keeps_its_splits_apart_and_its_truth_fits_its_answers():
    train, test = shape_pictures("train"), shape_pictures("test")
    assert (len(train), len(test)) == (4000, 1000)
    assert sum(len(picture.asked) for picture in test) == 9673
    for picture in test:
        for question, answer in picture.asked:
            if picture.shape and answer in SHAPES:
                assert answer == picture.shape.kind, question
            if picture.shape and answer in SHAPE_COLOURS:
                assert answer == picture.shape.colour, question
