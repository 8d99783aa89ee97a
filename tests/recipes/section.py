"""Tries the recipe for a section: the form shows it, asks with it, loads a run into it, and hides it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from ui.show.sections.draft import Draft  # isort: skip - without the recipe nothing else is worth importing

import gradio as gr

from core.requests import GenerateRequest
from core.requests.flat import from_flat
from tests.program import build
from tests.ui.conftest import services_of
from ui.show.form import Form


def main(folder: Path) -> None:
    program = build(folder)
    services = services_of(program)
    try:
        with gr.Blocks() as demo:
            form = Form(services)
            form.build(demo)
        _asks(form)
        _loads(form)
        assert "show-draft" in str(demo.get_config_file())
    finally:
        program.close()


def _asks(form: Form) -> None:
    values = {name: component.value for name, component in form.inputs.items()} | {"prompt": "a fox"}
    assert values["draft"] is False
    plain, draft = form.request(**values), form.request(**values | {"draft": True})
    assert plain.sampling.steps == 4
    assert draft == replace(plain, sampling=replace(plain.sampling, steps=8, handover="none"))


def _loads(form: Form) -> None:
    (box,) = [component for name, component in form.inputs.items() if name == "draft"]
    services = form._services
    actor = services.access.actor("creator")
    for steps, handover, shown in ((8, None, True), (8, 0.8, False), (9, None, False)):
        request = from_flat(GenerateRequest, {"prompt": "a fox", "steps": steps, "handover": handover})
        run = services.studio.get(actor, services.studio.submit(actor, request))
        assert form.load(run, actor)[box]["value"] is shown
    card = form.card("auto")
    (section,) = [each for each in form._sections if isinstance(each, Draft)]
    for steps, visible in ((25, True), (4, False)):
        assert section.fits(replace(card, steps=steps))[box]["visible"] is visible
    assert section.fits(None)[box]["visible"] is False
    assert box in form.fits("auto", services.access.actor("creator"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
