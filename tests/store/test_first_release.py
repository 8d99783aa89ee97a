"""A data folder made by the first release: every run still lists, opens and replays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core import record
from core.actions import Action
from core.requests import BASE_ALONE, REQUESTS
from core.runs import Status
from store.runs.library import Library
from tests import program

KEPT = Path(__file__).parent / "first_release"


@pytest.fixture
def studio(tmp_path):
    shutil.copytree(KEPT, tmp_path / "data")
    found = program.build(tmp_path / "data")
    found.studio.start()
    yield found
    found.close()


def since(run):
    """What was kept, and what a field that came later means for it."""
    return {**run.request, **({"upscale": "none"} if run.action == Action.GENERATE else {})}


def test_every_run_is_listed_and_opens(studio):
    runs = Library(studio.database).runs()
    assert len(runs) == 11
    assert {run.action for run in runs} == set(REQUESTS)
    assert {run.status for run in runs} == {Status.DONE, Status.BLOCKED, Status.DENIED, Status.FAILED}
    for run in runs:
        assert record.flat(run.action, run.request) == since(run)


def test_every_run_is_found_by_its_words(studio):
    found = Library(studio.database).runs(search="red apple")
    assert [run.words for run in found] == ["a red apple", "a red apple"]


def test_none_meant_the_base_alone(studio):
    fox = Library(studio.database).runs(search="fox")[0]
    request = record.from_json(fox.action, fox.request, studio.pictures.load)
    assert request.sampling.handover == BASE_ALONE
    assert (request.sampling.steps, request.sampling.scheduler) == (6, "ddim")


def test_every_finished_run_replays_as_it_was(studio):
    ann = studio.actor(name="creator-ann")
    done = Library(studio.database).runs(actor=ann.name, status=Status.DONE)
    assert len(done) == 8
    for run in done:
        again = studio.studio.result(ann, studio.studio.replay(ann, run.id))
        assert again.status is Status.DONE
        assert record.flat(again.action, again.request) == since(run)
        before, now = ([kept.pixels_sha256 for kept in one.pictures] for one in (run, again))
        assert now == before


def test_answers_and_their_voices_belong_to_talks(studio):
    runs = {run.id: run for run in Library(studio.database).runs()}
    spoken = next(run for run in runs.values() if run.action == Action.SPEAK)
    for run in runs.values():
        assert run.talk == {Action.GENERATE: None, Action.SPEAK: spoken.parent}.get(run.action, run.id)
    assert [run.id for run in Library(studio.database).talk(spoken.parent)] == [spoken.parent, spoken.id]
