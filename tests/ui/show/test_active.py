"""The chips under the prompt."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import pytest

from ui.show.form import Form


@pytest.fixture
def form(services):
    with gr.Blocks() as demo:
        form = Form(services)
        form.build(demo)
    return form


def values(form, **changed):
    return {name: part.value for name, part in form.inputs.items()} | changed


@pytest.mark.parametrize(("seed", "chips"), [(-1, []), (None, []), (0, ["Seed 0"]), (42, ["Seed 42"])])
def test_a_seed_that_is_not_random_is_a_chip(form, seed, chips):
    assert [chip.words for chip in form.active.chips(values(form, seed=seed))] == chips


def test_the_chip_is_a_button_with_a_name_and_words_that_stay_words(form):
    html = form.active.shown(values(form, seed="<img src=x>"))[form.active.row]
    assert "<button type='button' aria-label='Remove the fixed seed'>" in html
    assert "<img" not in html
    assert form.active.shown(values(form))[form.active.row] == ""


@pytest.mark.parametrize(("chip", "seed"), [("Remove the fixed seed", -1), ("something else", None), (None, None)])
def test_taking_it_off_makes_the_seed_random_and_nothing_else_does(form, asking, chip, seed):
    event = SimpleNamespace(_data={"chip": chip})
    updates = form.active.take_off(asking("creator"), event, *values(form, seed=42).values())
    assert updates.get(form.inputs["seed"]) == seed
    assert ("Seed 42" in updates[form.active.row]) is (seed is None)
