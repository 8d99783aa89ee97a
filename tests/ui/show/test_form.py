"""What the form shows when the page is opened: what was written before, as far as it holds for this person now."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
import pytest

from core.requests import GenerateRequest, Sampling
from ui.parts.browser import Remembered
from ui.services import Visit
from ui.show.form import Form

WRITTEN = {
    "prompt": "a red apple, half wr",
    "negative_prompt": "text",
    "style": "flat",
    "aspect_ratio": "portrait",
    "count": 2,
    "seed": 42,
    "steps": 6,
    "guidance": 2.5,
    "handover": 0.7,
    "base_only": False,
    "scheduler": "default",
    "upscale": "none",
    "model": "painter",
    "fitted": "painter",
}
HOSTILE = (
    None,
    True,
    -3,
    1e400,
    float("nan"),
    10**30,
    "",
    "<img src=x onerror=alert(1)>",
    [],
    ["none"],
    {"__type__": "update", "visible": False, "value": "flat"},
)


@pytest.fixture
def form(services):
    with gr.Blocks() as demo:
        form = Form(services)
        form.build(demo)
    return form


def opened(form, actor, values, **query):
    """Return name -> what the component shows once the page is open."""
    updates = form.fill(Visit(actor=actor, query=query), Remembered(values=values))
    return {name: updates[part].get("value", part.value) for name, part in form.inputs.items()}


def test_everything_written_is_back(form, program):
    shown = opened(form, program.actor(), WRITTEN)
    assert shown == {name: value for name, value in WRITTEN.items() if name != "fitted"}


def test_with_nothing_kept_the_form_is_the_ordinary_one(form, program):
    shown = opened(form, program.actor(), {})
    assert shown == {name: part.value for name, part in form.inputs.items()}


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in {"prompt", "negative_prompt", "fitted"}])
def test_a_value_that_holds_no_more_is_left_out_and_the_others_stay(form, program, name):
    part = form.inputs[name]
    for value in HOSTILE:
        shown = opened(form, program.actor(), {**WRITTEN, name: value})
        held = (value is None and isinstance(part, gr.Number)) or (value is True and isinstance(part, gr.Checkbox))
        assert shown[name] == (value if held else part.value)
        assert form.request(**shown).prompt == WRITTEN["prompt"]


def test_words_that_are_no_words_are_left_out(form, program):
    for value in HOSTILE:
        shown = opened(form, program.actor(), {**WRITTEN, "prompt": value})["prompt"]
        assert shown == (value if isinstance(value, str) else "")


def test_the_numbers_of_one_model_are_no_choice_for_another(form, program):
    shown = opened(form, program.actor(), {**WRITTEN, "steps": 50, "fitted": "another model"})
    assert shown["steps"] == form.inputs["steps"].value
    assert shown["seed"] == 42


def test_who_may_less_sees_where_it_ends_and_why(form, program):
    updates = form.fits("auto", program.actor(name="guest-1"))
    count, steps = updates[form.inputs["count"]], updates[form.inputs["steps"]]
    assert (count["maximum"], steps["maximum"]) == (2, 30)
    assert count["info"] == "Visitors: up to 2 pictures at once. Sign in for more."
    assert steps["info"] == "Visitors: up to 30 steps for a picture. Sign in for more."
    assert opened(form, program.actor(name="guest-1"), {**WRITTEN, "count": 8, "steps": 31})["count"] == 1


def test_a_limit_as_high_as_the_field_itself_says_nothing(form, program):
    assert "maximum" not in form.fits("auto", program.actor("creator"))[form.inputs["count"]]
    assert "maximum" not in form.fits("auto", program.actor("admin"))[form.inputs["steps"]]


def test_one_at_once_leaves_nothing_to_choose(form, program):
    actor = replace(program.actor(), limits={"max_count": 1, "max_steps": 3})
    updates = form.fits("auto", actor)
    assert updates[form.inputs["count"]]["interactive"] is False
    assert updates[form.inputs["count"]]["info"] == "Your role, creator: up to 1 picture at once."
    assert updates[form.inputs["steps"]]["value"] == 3, "the model's own number is more than the role may ask for"


def made(program, actor, **named):
    run_id = program.studio.submit(actor, GenerateRequest(prompt="two cats", **named))
    return program.studio.result(actor, run_id)


def test_the_run_of_the_address_wins_until_something_was_written_over_it(form, program):
    actor = program.actor()
    run = made(program, actor, seed=9, style="flat")
    assert opened(form, actor, WRITTEN, run=run.id)["prompt"] == "two cats"
    assert opened(form, actor, WRITTEN, run=run.id)["seed"] == 9
    updates = form.fill(Visit(actor=actor, query={"run": run.id}), Remembered(values=WRITTEN, run=run.id))
    assert updates[form.inputs["prompt"]]["value"] == WRITTEN["prompt"]


@pytest.mark.parametrize("run", ["nothing", "<b>", "0" * 32])
def test_an_address_of_no_run_of_this_person_changes_nothing(form, program, run):
    other = made(program, program.actor(name="creator-other"))
    for named in (run, other.id):
        assert opened(form, program.actor(), WRITTEN, run=named)["prompt"] == WRITTEN["prompt"]


def test_a_loaded_run_of_more_than_the_role_may_is_brought_to_its_limits(form, program):
    actor = program.actor()
    run = made(program, actor, count=4, sampling=Sampling(steps=6))
    updates = form.load(run, replace(actor, limits={"max_count": 2, "max_steps": 5}))
    assert (updates[form.inputs["count"]]["value"], updates[form.inputs["steps"]]["value"]) == (2, 5)
