"""Runs that follow a run."""

import pytest

from core import follow
from core.errors import InvalidRequestError, UnknownRunError
from core.requests import AskRequest, GenerateRequest, Sampling
from core.runs import Status
from core.verification import verification
from tests import program as houses


@pytest.fixture
def program(tmp_path):
    tmp_path.mkdir(exist_ok=True)
    built = houses.build(tmp_path)
    built.studio.start()
    yield built
    built.close()


def made(program, actor, request):
    return program.studio.result(actor, program.studio.submit(actor, request))


def test_a_variation_differs_in_its_seed_alone(program):
    ann = program.actor(name="creator-ann")
    first = made(program, ann, GenerateRequest(prompt="a fox", seed=7, sampling=Sampling(steps=3)))
    varied = program.studio.result(ann, follow.vary(program.studio, ann, first.id, source="api"))
    assert varied.status is Status.DONE
    assert (varied.parent, varied.source) == (first.id, "api")
    assert varied.request["seed"] != 7
    assert {**varied.request, "seed": 7} == {**first.request}


def test_an_answer_has_no_seed_to_vary(program):
    ann = program.actor(name="creator-ann")
    answered = made(program, ann, AskRequest(image=houses.picture(), question="What is this?"))
    with pytest.raises(InvalidRequestError, match="a run that made pictures"):
        follow.vary(program.studio, ann, answered.id)


def test_an_answer_is_spoken_as_a_run_of_its_own(program):
    ann = program.actor(name="creator-ann")
    answered = made(program, ann, AskRequest(image=houses.picture(), question="What is this?"))
    spoken = follow.speak(program.studio, ann, answered.id, language="fr")
    assert spoken.sound == spoken.run.sound != ""
    assert (spoken.run.parent, spoken.run.words) == (answered.id, answered.answer)
    assert spoken.run.request["language"] == "fr"
    assert spoken.run.talk == answered.talk == answered.id


def test_without_a_voice_the_reason_is_told_and_nothing_is_raised(program):
    ann = program.actor(name="creator-ann")
    answered = made(program, ann, AskRequest(image=houses.picture(), question="What is this?"))
    wrong = follow.speak(program.studio, ann, answered.id, language="!")
    assert (wrong.run, wrong.sound, wrong.code) == (None, "", "invalid_request")
    program.painter.breaks = RuntimeError("no loudspeaker")
    broken = follow.speak(program.studio, ann, answered.id)
    assert (broken.run.status, broken.sound, broken.code) == (Status.FAILED, "", "engine_failed")
    assert broken.message


def test_nobody_follows_the_run_of_somebody_else(program):
    ann, bob = program.actor(name="creator-ann"), program.actor(name="creator-bob")
    first = made(program, ann, GenerateRequest(prompt="a fox"))
    with pytest.raises(UnknownRunError):
        follow.vary(program.studio, bob, first.id)
    with pytest.raises(UnknownRunError):
        follow.speak(program.studio, bob, first.id)


def test_a_replay_is_compared_by_its_pixels(program):
    ann = program.actor(name="creator-ann")
    first = made(program, ann, GenerateRequest(prompt="a fox", seed=7, count=2))
    again = program.studio.result(ann, program.studio.replay(ann, first.id))
    assert verification(program.pictures, first, again)["verdict"] == "identical"
    other = made(program, ann, GenerateRequest(prompt="a fox", seed=8, count=2))
    found = verification(program.pictures, first, other)
    assert (found["verdict"], found["unit"]) == ("differs", "8-bit levels")
    assert found["largest_difference"] > 1
    alone = made(program, ann, GenerateRequest(prompt="a fox", seed=7))
    assert verification(program.pictures, first, alone)["verdict"] == "not comparable"
