from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import BlockedError
from core.requests import REQUESTS, AskRequest, GenerateRequest
from core.results import Measure
from tests.program import picture
from ui.library.tab import Library, _readable
from ui.parts import galleries


@pytest.fixture
def library(place, services):
    return place(Library, services)


def finish(program, request, name="creator"):
    actor = program.actor(name=name)
    return program.studio.result(actor, program.studio.submit(actor, request))


def find(library, asking, name="creator", **wanted):
    asked = {"search": "", "kind": "", "end": "", "everybody": False, **wanted}
    return library.find(asking(name), *asked.values())


def test_an_empty_library_says_what_to_do(library, asking):
    found = find(library, asking)
    assert "Make your first picture" in found[library.nothing]["value"]
    assert found[library.nothing]["visible"]


def test_runs_are_found_by_word_kind_and_outcome(library, program, asking):
    apple = finish(program, GenerateRequest(prompt="a red apple"))
    finish(program, AskRequest(image=picture(), question="What is this?"))
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    assert len(find(library, asking)[library.ids]) == 3
    assert find(library, asking, search="apple")[library.ids] == [apple.id]
    assert len(find(library, asking, kind="ask")[library.ids]) == 1
    blocked = find(library, asking, end="blocked")
    assert blocked[library.list]["value"][0][1:] == ["a naked woman", "picture, refused by a safety rule"]
    assert len(blocked[library.gallery]["value"]) == 0


def test_everybodys_runs_are_for_those_who_may(library, program, asking):
    finish(program, GenerateRequest(prompt="a red apple"))
    assert find(library, asking, "creator-other", everybody=True)[library.ids] == []
    assert len(find(library, asking, "admin-ada", everybody=True)[library.ids]) == 1
    assert find(library, asking)[library.everybody]["visible"] is False


def test_a_record_is_readable_and_whole(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a <b>bold</b> apple", seed=7))
    opened = library.open_row(asking("creator"), [run.id], SimpleNamespace(index=[0, 2]))
    assert "a &lt;b&gt;bold&lt;/b&gt; apple" in opened[library.facts]
    assert opened[library.json]["pictures"][0]["seed"] == 7
    assert opened[library.json]["environment"] == {"engine": "painter", "version": 1}


def test_a_refusal_shows_its_reason(library, program, services, asking):
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    (run,) = services.library.runs()
    opened = library.open_row(asking("creator"), [run.id], SimpleNamespace(index=[0, 0]))
    assert "naked" in opened[library.facts]
    assert opened[library.json]["findings"][0]["verdict"] == "block"


def test_replay_verifies(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a red apple", seed=7))
    *_, line = library.verify(asking("creator"), run.id)
    assert line == "Verified: every pixel is the same."


def test_nobody_opens_somebody_elses_record(library, program, asking):
    run = finish(program, GenerateRequest(prompt="a red apple"))
    with pytest.raises(Exception, match="no run"):
        library.open_row(asking("creator-other"), [run.id], SimpleNamespace(index=[0, 0]))


def test_the_numbers_of_the_rules_are_for_admins(library, program, asking):
    with pytest.raises(BlockedError):
        finish(program, GenerateRequest(prompt="a naked woman"))
    (run,) = library.services.library.runs()
    for name, sees in (("creator", False), ("admin-ada", True)):
        opened = library.open_row(asking(name), [run.id], SimpleNamespace(index=[0, 2]))
        assert ("score" in opened[library.json]["findings"][0]) is sees
        assert "stopped because" in opened[library.facts]
        assert "score" not in opened[library.facts]
        assert "threshold" not in opened[library.facts]


def test_every_kind_of_run_can_be_chosen_and_numbers_are_shown(library, program, asking):
    kinds = {value for _, value in library.kind.choices}
    assert kinds == {"", *REQUESTS}
    run = finish(program, GenerateRequest(prompt="a red apple"))
    measured = replace(run, measures=(Measure(name="mean_difference", value=0.12345, unit="levels"),))
    assert "<dt>Measured</dt><dd>mean difference 0.1235 levels</dd>" in _readable(measured)
    assert "Measured" not in _readable(run)


def test_unknown_words_are_in_the_record_as_words(library, program):
    run = finish(program, GenerateRequest(prompt="a red apple"))
    told = replace(run, facts={**run.facts, "unknown_words": ["violin", "<b>"]})
    assert "<dt>Does not know</dt><dd>violin, &lt;b&gt;</dd>" in _readable(told)
    assert "Does not know" not in _readable(run)


def test_a_run_is_seen_by_the_picture_it_was_asked_about_whatever_its_field_is_called(library, program, services):
    run = finish(program, AskRequest(image=picture(), question="What is this?"))
    small = galleries.thumbnail(services, run)
    assert small
    renamed = replace(run, request={"words": "a", "part": {"second": [run.request["image"]]}})
    assert galleries.thumbnail(services, renamed) == small
    assert galleries.thumbnail(services, replace(run, request={"words": "a"})) is None
