"""Labels and tooltips of the form are those of the fields."""

from __future__ import annotations

import gradio as gr

from core.requests import GenerateRequest
from core.requests.flat import parameters
from ui.parts.fields import tips
from ui.show.form import Form


def test_every_component_of_a_parameter_has_its_label_and_its_tooltip(services):
    known = parameters(GenerateRequest)
    with gr.Blocks() as demo:
        form = Form(services)
        form.build(demo)
    shown = {name: component for name, component in form.inputs.items() if name in known}
    assert set(shown) == {name for name, one in known.items() if one.about.label}
    for name, component in shown.items():
        about = known[name].about
        assert component.label == about.label
        assert tips()[component.elem_id].lower() == about.sentence.lower()
        assert about.bound.words.lower() in tips()[component.elem_id].lower()


def test_the_ends_of_a_slider_are_within_the_bounds_of_its_field(services):
    with gr.Blocks() as demo:
        form = Form(services)
        form.build(demo)
    sliders = {name: one for name, one in form.inputs.items() if isinstance(one, gr.Slider)}
    assert sliders
    for name, slider in sliders.items():
        about = parameters(GenerateRequest)[name].about
        for end in (slider.minimum, slider.maximum):
            about.check(name, end)


def test_the_form_left_alone_asks_for_what_a_program_gets_by_default(services):
    with gr.Blocks() as demo:
        form = Form(services)
        form.build(demo)
    made = form.request(**{name: one.value for name, one in form.inputs.items()} | {"prompt": "a fox"})
    for name, parameter in parameters(GenerateRequest).items():
        # The form shows the model's own numbers where the API has none.
        if name not in {"prompt", "steps", "guidance", "handover", "upscale"}:
            value = made
            for step in parameter.path:
                value = getattr(value, step)
            assert value == parameter.default
