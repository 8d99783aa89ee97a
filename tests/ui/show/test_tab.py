from __future__ import annotations

from pathlib import Path

import pytest

from core.actions import Action
from core.requests import BASE_ALONE, GenerateRequest, Sampling
from core.runs import Status
from tests import chromium
from tests.program import build
from tests.ui.conftest import serve, services_of
from ui.parts.watching import Line
from ui.show.tab import Show

FORM = {
    "prompt": "a red apple",
    "negative_prompt": "",
    "style": "none",
    "aspect_ratio": "square",
    "count": 1,
    "seed": 7,
    "steps": 4,
    "guidance": 3.0,
    "handover": 0.8,
    "base_only": False,
    "scheduler": "default",
    "upscale": "none",
    "model": "auto",
}


@pytest.fixture
def show(place, services):
    return place(Show, services)


def last(steps):
    """Return what the page shows in the end: later updates replace earlier ones."""
    return {component: update for step in steps for component, update in step.items()}


def runs(services, **wanted):
    return services.library.runs(**wanted)


def test_words_become_a_picture_with_its_seed(show, services, asking, value):
    end = last(show.make(asking("creator"), **FORM))
    shown = end[show.result.stage]
    path, caption = shown["places"][0]["image"]["path"], shown["places"][0]["caption"]
    (run,) = runs(services)
    assert Path(path).samefile(services.pictures.path(run.pictures[0].sha256))
    assert Path(path).name == f"{run.queued[:10]} a red apple 7.png"
    assert caption == "a red apple, seed 7"
    assert end[show.result.status].endswith("seed 7")
    assert value(end[show.result.download]) == path
    assert end[show.result.run_id] == run.id


def test_progress_is_shown_with_previews_only_to_those_who_may(show, program, asking, value):
    program.painter.seconds_per_step = 0.4
    for name, previewed in (("creator", True), ("guest-1", False)):
        stages = [step[show.result.stage] for step in show.make(asking(name), **FORM)]
        previews = [place.get("preview") for stage in stages for place in stage["places"]]
        assert any(preview and preview.startswith("data:image/png") for preview in previews) is previewed


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"prompt": " \u200b"}, ("show-prompt", "Write what you want to see.")),
        ({"negative_prompt": "x" * 2001}, ("show-negative-prompt", "Use at most 2000 characters. These are 2001.")),
        ({"seed": -5}, ("show-seed", "This is too low. Use a whole number, 0 to 4294967295, or -1 for a random one.")),
        ({"steps": 7.5}, ("show-steps", "This is no whole number. Use a whole number from 1 to 150.")),
        ({"guidance": "no number"}, ("show-guidance", "This is no number. Write a number from 0 to 30.")),
        ({"count": None}, ("show-count", "Write a whole number from 1 to 8.")),
        ({"style": "<img src=x>"}, ("show-style", "Allowed: one of flat, none.")),
        ({"model": "gone"}, ("show-model", "Allowed: one of painter, answerer, beeper, auto.")),
    ],
)
def test_a_bad_field_is_told_at_the_field_and_nothing_else_changes(show, services, asking, wrong, told):
    field, words = told
    (end,) = show.make(asking("creator"), **{**FORM, **wrong})
    assert list(end) == [show.form.problems.place]
    at = end[show.form.problems.place]
    assert (at["id"], at["words"]) == (field, words)
    assert at["fold"] == ("" if field in {"show-prompt", "show-style"} else "show-advanced")
    assert not runs(services)


@pytest.mark.parametrize("wrong", [{"count": 3}, {"steps": 31}])
def test_a_limit_of_the_role_is_a_line_and_leaves_the_picture(show, asking, wrong):
    (end,) = show.make(asking("guest-1"), **{**FORM, **wrong})
    assert list(end) == [show.result.status]
    assert "The role anonymous may have at most" in end[show.result.status]


def test_a_refusal_shows_the_reason_and_is_kept(show, services, asking, value):
    (end,) = show.make(asking("creator"), **{**FORM, "prompt": "a naked woman"})
    assert "naked" in end[show.result.stage]["words"]
    assert [run.status for run in runs(services)] == [Status.BLOCKED]


def test_words_of_people_cannot_become_markup(show, asking, value):
    (end,) = show.make(asking("creator"), **{**FORM, "prompt": "a naked woman <img src=x onerror=alert(1)>"})
    assert "naked" in end[show.result.stage]["words"]
    assert "<img" not in end[show.result.stage]["words"]


def test_base_only_and_the_models_own_numbers(show):
    request = show.form.request(**{**FORM, "base_only": True, "steps": 0, "guidance": 0, "seed": None})
    assert request.sampling == Sampling(handover=BASE_ALONE)
    assert request.seed == -1


def test_only_styles_the_model_knows_are_offered(show, program):
    fitted = show.form.fits("auto", program.actor())
    assert fitted[show.form.inputs["style"]]["choices"] == [("None", "none"), ("Flat", "flat")]


def test_a_form_comes_back_from_its_run_with_its_picture(show, program, asking, value):
    request = GenerateRequest(
        prompt="two cats",
        style="flat",
        count=2,
        seed=9,
        sampling=Sampling(handover=BASE_ALONE, guidance=2.5, steps=6),
    )
    actor = program.actor()
    run = program.studio.result(actor, program.studio.submit(actor, request))
    filled = show.load_form(asking("creator"), (run.id, 1))
    assert filled[show.result.run_id] == run.id
    captions = [place["caption"] for place in filled[show.result.stage]["places"]]
    assert captions == ["two cats, seed 9", "two cats, seed 10"]
    assert "Seed 9" in filled[show.form.active.row]
    values = {name: value(filled[component]) for name, component in show.form.inputs.items()}
    assert show.form.request(**values) == GenerateRequest(
        prompt="two cats",
        style="flat",
        count=2,
        seed=9,
        sampling=Sampling(handover=BASE_ALONE, guidance=2.5, steps=6),
        model="painter",
    )


def test_again_repeats_and_vary_changes_the_seed(show, services, asking):
    first = last(show.make(asking("creator"), **FORM))[show.result.run_id]
    again = last(show.make_again(asking("creator"), first))[show.result.run_id]
    varied = last(show.make_variation(asking("creator"), first))[show.result.run_id]
    actor = services.access.actor("creator")
    seeds = [services.studio.get(actor, run_id).pictures[0].seed for run_id in (first, again, varied)]
    assert seeds[0] == seeds[1] == 7
    assert seeds[2] != 7
    assert {services.studio.get(actor, run_id).parent for run_id in (again, varied)} == {first}


def test_a_reload_attaches_to_the_run_under_way(show, program, asking):
    program.painter.hold.clear()
    actor = program.actor()
    run_id = program.studio.submit(actor, GenerateRequest(prompt="a slow snail"))
    steps = show.attach(asking("creator"))
    next(steps)
    assert next(steps)[show.result.run_id] == run_id
    program.painter.hold.set()
    assert "Done" in last(steps)[show.result.status]


def test_a_second_one_joins_the_queue_and_is_shown_after_the_first(show, services, program, asking, value):
    program.painter.hold.clear()
    line = Line()
    older = show.make(asking("creator"), line, **FORM)
    begun = next(older)
    assert value(begun[show.form.make]) == "Add to queue (2)"
    newer = show.make(asking("creator"), line, **{**FORM, "prompt": "two cats"})
    assert value(next(newer)[show.form.make]) == "Add to queue (3)"
    assert list(older) == [], "only the newest event goes on showing"
    program.painter.hold.set()
    shown = list(newer)
    first, second = [run.id for run in reversed(runs(services))]
    assert [step[show.result.run_id] for step in shown][-1] == second
    assert begun[show.result.run_id] == first
    assert value(last(shown)[show.form.make]) == "Make the picture"
    assert value(last(shown)[show.form.stop], "visible") is False
    assert {run.status for run in runs(services)} == {Status.DONE}


def test_a_refused_one_leaves_the_one_under_way_alone(show, program, asking):
    program.painter.hold.clear()
    line = Line()
    older = show.make(asking("creator"), line, **FORM)
    next(older)
    (refused,) = show.make(asking("creator"), line, **{**FORM, "prompt": "a naked woman"})
    assert set(refused) == {show.result.status}
    assert refused[show.result.status].startswith("Refused by a safety rule")
    program.painter.hold.set()
    assert "Done" in last(older)[show.result.status]


def test_cancelling_the_one_on_show_goes_on_with_the_next(show, services, program, asking):
    program.painter.hold.clear()
    line = Line()
    run_id = next(show.make(asking("creator"), line, **FORM))[show.result.run_id]
    newer = show.make_again(asking("creator"), run_id, line)
    next(newer)
    assert show.stop(asking("creator"), line) == "Stopping"
    program.painter.hold.set()
    assert "Done" in last(newer)[show.result.status]
    assert [run.status for run in runs(services)] == [Status.DONE, Status.CANCELLED]


def test_a_reload_follows_all_that_wait_but_of_a_script_only_the_newest(show, program, asking):
    program.painter.hold.clear()
    actor = program.actor()
    for number in range(3):
        program.studio.submit(actor, GenerateRequest(prompt=f"snail {number}"), source="api")
    line = Line()
    attached = show.attach(asking("creator"), line)
    next(attached)
    next(attached)
    assert len(line.waiting) == 1
    here = [program.studio.submit(actor, GenerateRequest(prompt=f"snail {number}")) for number in range(2)]
    reloaded = Line()
    attached = show.attach(asking("creator"), reloaded)
    next(attached)
    next(attached)
    assert reloaded.waiting == here
    program.painter.hold.set()


def test_an_address_opens_its_run_but_not_somebody_elses(show, asking):
    run_id = last(show.make(asking("creator"), **FORM))[show.result.run_id]
    assert "seed 7" in last(show.attach(asking("creator", run=run_id)))[show.result.status]
    opened = last(show.attach(asking("creator-other", run=run_id)))
    assert f"There is no run {run_id} that you may see." in opened[show.result.stage]["words"]
    assert opened[show.result.status] == "Not found"


def test_cancel_stops_the_run(show, services, program, asking):
    program.painter.hold.clear()
    line = Line()
    steps = show.make(asking("creator"), line, **FORM)
    next(steps)
    assert show.stop(asking("creator"), line) == "Stopping"
    assert "Stopped before " in last(steps)[show.result.stage]["words"]
    program.painter.hold.set()


def test_sending_a_picture_to_tell_names_the_chosen_one(show, services, asking):
    end = last(show.make(asking("creator"), **{**FORM, "count": 2}))
    (sha256, _), _ = show.send(asking("creator"), end[show.result.run_id], 1)
    (run,) = runs(services, action=Action.GENERATE)
    assert sha256 == run.pictures[1].sha256


def test_who_may_not_make_pictures_opens_the_page_in_peace(show, asking):
    (only,) = show.attach(asking("viewer"))
    assert show.result.status not in only


@pytest.mark.browser
def test_three_at_once_in_a_browser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("queue")
    program = build(folder)
    services = services_of(program)
    with serve(program, services, folder) as served, chromium.browser() as browser:
        page = browser.new_context(extra_http_headers={"x-name": "creator-bob"}, locale="en-US").new_page()
        page.set_default_timeout(20_000)
        page.goto(served.url)
        box = page.locator("#show-prompt textarea")
        program.painter.hold.clear()
        box.fill("a red apple")
        page.locator("#show-make").click()
        page.wait_for_function("document.querySelector('#show-make').innerText === 'Add to queue (2)'")
        box.fill("two cats")
        page.locator("#show-make").click()
        page.wait_for_function("document.querySelector('#show-make').innerText === 'Add to queue (3)'")
        box.fill("a fox")
        box.press("Enter")
        page.wait_for_function("document.querySelector('#show-make').innerText === 'Add to queue (4)'")
        page.reload()
        page.wait_for_function("document.querySelector('#show-make')?.innerText === 'Add to queue (4)'")
        program.painter.hold.set()
        page.wait_for_function("document.querySelectorAll('#show-strip img').length === 3")
        page.wait_for_function("document.querySelector('#show-make').innerText === 'Make the picture'")
        page.wait_for_function("document.querySelector('#show-pictures .caption')?.innerText.startsWith('a fox')")
        assert not page.locator("#show-cancel").is_visible()
