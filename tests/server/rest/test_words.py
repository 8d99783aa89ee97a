from __future__ import annotations

from dataclasses import replace

from core.actions import Action
from server.rest.words import run_record
from tests.core.test_run_view import RUN, actor


def test_rest_shows_a_run_as_everything_else_does() -> None:
    seen = run_record(replace(RUN, sound="abc.wav"), actor())
    assert seen["sound_url"] == f"/runs/{RUN.id}/sound"
    assert "sound" not in seen
    assert "score" not in seen["findings"][0]
    assert "score" in run_record(RUN, actor(Action.ADMINISTER))["findings"][0]
