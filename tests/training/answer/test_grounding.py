import numpy as np
import pytest
import torch

from training.answer.grounding import SIZES, UNKNOWN, Found, WordHeads, references
from training.answer.pictures import Picture, Shape
from training.world.scenes import Scene, SceneObject

PIXELS = np.zeros((64, 64, 3), np.uint8)
LEFT, RIGHT = (0.0, 0.25, 0.5, 0.75), (0.5, 0.25, 1.0, 0.75)


def scene(*names: str, ground: str = "blue") -> Picture:
    boxes = (LEFT, RIGHT)
    things = tuple(SceneObject(name, "flat", box) for name, box in zip(names, boxes, strict=False))
    return Picture(PIXELS, scene=Scene(things, (ground,)))


def found(question: str, picture: Picture) -> dict[str, Found]:
    """The last word before each end, so that the test reads as the question does."""
    return {question[:end].rsplit(maxsplit=1)[-1]: truth for end, truth in references(question, picture)}


@pytest.mark.parametrize(
    ("question", "word", "truth"),
    [
        ("Is there a fox?", "fox", Found(1, 1, 3)),
        ("is there an APPLE?", "APPLE", Found(1, 1, 5)),
        ("How many foxes are there?", "foxes", Found(1, 1, 3)),
        ("Is there a dog?", "dog", Found(0, 0)),
        ("Can you see a puppy?", "puppy", Found(0, 0)),
        ("Is the background blue?", "blue", Found(1)),
        ("Is the background grey?", "grey", Found(0)),
        ("Is the style flat?", "flat", Found(1)),
        ("Is there a circle?", "circle", Found(0)),
    ],
)
def test_a_word_is_looked_up_in_the_picture(question: str, word: str, truth: Found):
    assert found(question, scene("fox", "apple")) == {word: truth}


def test_two_of_a_thing_are_counted_and_have_no_single_place():
    assert found("Count the foxes.", scene("fox", "fox")) == {"foxes": Found(1, 2)}


def test_the_colour_of_a_thing_is_no_ground():
    assert list(found("Is it a red apple on a blue background?", scene("fox", "apple"))) == ["apple", "blue"]


def test_a_shape_and_its_colour_are_looked_up():
    picture = Picture(PIXELS, shape=Shape("circle", "teal", (0.2, 0.2, 0.6, 0.6)))
    assert found("is there a teal triangle?", picture) == {"teal": Found(1), "triangle": Found(0)}


def test_in_a_picture_of_nothing_a_thing_is_absent_and_a_colour_untold():
    assert found("Is there a fox on a blue ground?", Picture(PIXELS)) == {"fox": Found(0, 0)}


def test_the_heads_learn_what_the_states_hold():
    torch.manual_seed(0)
    states = torch.randn(64, 16)
    truth = torch.stack([(states[:, 0] > 0).long(), (states[:, 1] > 0).long() * 2, torch.full((64,), UNKNOWN)], 1)
    heads = WordHeads(16)
    assert heads.read[-1].out_features == sum(SIZES)
    learner = torch.optim.Adam(heads.parameters(), lr=0.05)
    first, _ = heads.loss(states, truth)
    for _ in range(60):
        loss, right = heads.loss(states, truth)
        learner.zero_grad()
        loss.backward()
        learner.step()
    assert loss < first / 3
    assert right > 0.9
