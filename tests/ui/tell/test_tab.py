"""How a talk comes back: after a reload, a restart, from the Library, of somebody else."""

from __future__ import annotations

import gradio as gr
import pytest

from core.actions import Action
from core.errors import EngineFailedError
from core.requests import GenerateRequest
from core.run_ids import new_run_id
from tests.program import png
from ui.parts.browser import Remembered

ANSWER = "It is red. It is square."


def held(window, program, question):
    """Begin to ask, and close the page."""
    program.painter.hold.clear()
    steps = window.begin(question)
    next(steps)
    steps.close()


def test_a_page_without_a_talk_is_left_as_it_is(opened):
    window = opened()
    assert window.open().steps == [{window.on.status: ""}]


def test_the_newest_talk_comes_back_whole(window, opened):
    window.ask("What is this?").ask("And its colour?")
    again = opened().open()
    assert again.said == window.said
    assert again.get(again.on.picture) == window.get(window.on.picture)
    again.ask("Where?")
    assert again.window.talk == window.window.talk
    assert len(again.said) == 6


@pytest.mark.parametrize("earlier", [[], ["What is this?"], ["What is this?", "What is this?", "And its colour?"]])
def test_a_reload_in_mid_answer_brings_the_whole_talk_back(window, opened, program, asking, earlier):
    # An earlier talk about the same picture, with the same words, stays where it is.
    window.ask("What is this?").ask("Where is it?")
    window.see(window.tell.restart(asking("creator"), window.window))
    for question in earlier:
        window.ask(question)
    held(window, program, "How many?")
    again = opened()
    attached = again.tell.attach(asking("creator"), again.window, "", "")
    again.see(next(attached)).see(next(attached))
    assert again.said[::2] == [*earlier, "How many?"]
    program.painter.hold.set()
    again.see(attached).ask("Are you sure?")
    sent = window.tell.services.library.runs(action=Action.ASK)[0].request["history"]
    assert [turn["question"] for turn in sent] == [*earlier, "How many?"]


def test_what_is_in_the_box_survives_an_answer_that_comes_after_a_reload(window, opened, program):
    held(window, program, "What is this?")
    program.painter.hold.set()
    again = opened().open()
    assert again.said == ["What is this?", ANSWER]
    assert again.on.question not in again.shown


def test_a_question_that_fails_after_a_reload_comes_back(window, opened, program, asking):
    program.painter.breaks = EngineFailedError("The model broke.")
    held(window, program, "What is this?")
    program.painter.hold.set()
    again = opened().open()
    again.see(again.tell.answering.give_back(asking("creator"), again.window, ""))
    assert (again.get(again.on.question), again.said) == ("What is this?", [])


def test_a_description_under_way_is_found_again_with_its_talk(window, opened, program, asking):
    window.ask("What is this?")
    program.painter.hold.clear()
    steps = window.tell.answering.describe(asking("creator"), window.window, "", "", "")
    next(steps)
    steps.close()
    program.painter.hold.set()
    again = opened().open()
    assert again.said == ["What is this?", ANSWER, "Describe the picture", ANSWER]
    assert again.window.sha256 == window.window.sha256


def test_what_was_left_behind_does_not_come_back(window, opened, asking):
    window.ask("What is this?")
    window.see(window.tell.restart(asking("creator"), window.window))
    kept = {"held": window.get(window.on.held), "left": window.get(window.on.left)}
    again = opened().open(**kept)
    assert (again.said, again.window.sha256) == ([], window.window.sha256)
    window.ask("A new talk?")
    assert opened().open(**kept).said == ["A new talk?", ANSWER]


def test_a_picture_without_a_question_comes_back_to_whoever_brought_it(window, opened):
    sha256 = window.window.sha256
    assert opened().open(held=sha256).window.sha256 == sha256
    assert opened("creator-eve").open(held=sha256).window.sha256 == ""
    assert opened().open(held="../../etc/passwd").window.sha256 == ""


@pytest.mark.parametrize("asked_before", [True, False])
def test_after_a_restart_under_an_open_page_the_talk_goes_on(window, opened, asked_before):
    if asked_before:
        window.ask("What is this?")
    window.window = opened().window  # what the session held is gone; the page still shows everything
    window.ask("And its colour?")
    assert window.said == (["What is this?", ANSWER] if asked_before else []) + ["And its colour?", ANSWER]


def test_after_a_restart_no_talk_about_another_picture_is_taken_for_the_open_one(window, opened, asking, upload):
    window.ask("What is this?")
    other = opened()
    other.see(other.tell.bringing.receive(asking("creator"), upload(png()), other.window)).ask("Another?")
    window.window = opened().window
    window.ask("And its colour?")
    assert window.said == ["And its colour?", ANSWER]
    assert window.window.sha256 == window.get(window.on.held) != other.window.sha256


def test_nobody_sees_the_talk_of_somebody_else(window, opened, asking):
    talk = window.ask("What is this?").window.talk
    eve = opened("creator-eve")
    assert eve.open().steps == [{eve.on.status: ""}]
    with pytest.raises(gr.Error, match="no run"):
        eve.open(run=talk)
    with pytest.raises(gr.Error, match="no run"):
        eve.see(eve.tell.go_on(asking("creator-eve"), (talk, 1), eve.window))


def test_the_library_sends_a_talk_by_any_of_its_runs(window, opened, services, asking):
    window.ask("What is this?", voice="beeper").ask("And its colour?")
    window.see(window.tell.restart(asking("creator"), window.window))
    window.ask("Another talk")
    for run in services.library.talk(services.library.runs(action=Action.SPEAK)[0].talk):
        other = opened()
        other.see(other.tell.go_on(asking("creator"), (run.id, 1), other.window))
        assert other.said == ["What is this?", ANSWER, "And its colour?", ANSWER]
        assert other.get(other.on.picture) == window.get(window.on.picture)


def test_a_run_of_no_talk_cannot_be_gone_on_with(window, program, asking):
    ann = program.actor(name="creator")
    run = program.studio.result(ann, program.studio.submit(ann, GenerateRequest(prompt="a fox")))
    with pytest.raises(gr.Error, match="belongs to no talk"):
        window.see(window.tell.go_on(asking("creator"), (run.id, 1), window.window))


def test_an_admin_goes_on_with_a_talk_as_themselves(window, opened, services, asking):
    talk = window.ask("What is this?").window.talk
    admin = opened("admin")
    admin.see(admin.tell.go_on(asking("admin"), (talk, 1), admin.window))
    admin.ask("Why?")
    assert admin.said == ["What is this?", ANSWER, "Why?", ANSWER]
    assert services.library.runs()[0].actor == "admin"
    assert opened("admin").open().said == admin.said
    assert opened().open().said == window.said


def test_a_talk_whose_picture_is_gone_is_shown_without_it(window, opened, services):
    window.ask("What is this?")
    services.pictures.path(window.window.sha256).unlink()
    again = opened().open()
    assert again.said == window.said
    assert again.get(again.on.picture) is None
    assert again.problem == ("tell-picture", "The picture of this talk is not kept any more. Add it again to go on.")


def test_fields_come_back_but_for_what_is_not_valid_any_more(tell):
    kept = {"question": "And", "voice": "beeper", "held": "a", "left": new_run_id()}
    on = tell.layout
    assert tell.fill(None, Remembered(values=kept)) == {
        on.question: "And",
        on.voice: "beeper",
        on.held: "a",
        on.left: kept["left"],
    }
    assert tell.fill(None, Remembered(values={"question": 3, "voice": "gone", "held": None, "left": []})) == {}
