from __future__ import annotations

import json

import pytest

from core import run_view
from core.actions import Action, Actor
from core.findings import Finding, Verdict
from core.requests import ACTIONS
from core.runs import Run, Status

FINDING = Finding(
    rule="lexicon@3",
    category="violence",
    score=0.8125,
    threshold=0.4375,
    reason="It reads as violence. Draw something else.",
    evidence="a bomb",
    field="prompt",
    span=(0, 6),
    verdict=Verdict.BLOCK,
)
RUN = Run(
    id="0" * 32,
    action=Action.GENERATE,
    actor="ada",
    role="creator",
    model="tiny",
    lane="local",
    words="a bomb",
    request={"prompt": "a bomb", "odd": {1, 2}},
    status=Status.BLOCKED,
    queued="2026-01-02T03:04:05+00:00",
    ticket="remote-1",
    findings=(FINDING,),
)


def actor(*actions: Action) -> Actor:
    return Actor(name="ada", role="some", actions=frozenset(actions))


@pytest.mark.parametrize("action", [action for action in ACTIONS if action != Action.ADMINISTER])
def test_no_other_right_shows_the_numbers_of_a_rule(action: Action) -> None:
    seen = run_view.record(RUN, actor(action))
    (finding,) = seen["findings"]
    assert finding.keys() == {"rule", "category", "reason", "evidence", "field", "span", "verdict", "position"}
    assert finding["reason"] == FINDING.reason
    for number in ("0.8125", "0.4375", "score", "threshold", "remote-1"):
        assert number not in json.dumps(seen)


def test_whoever_administers_sees_them() -> None:
    (finding,) = run_view.record(RUN, actor(Action.ADMINISTER))["findings"]
    assert (finding["score"], finding["threshold"]) == (0.8125, 0.4375)


def test_a_record_is_plain_json() -> None:
    seen = run_view.record(RUN, actor())
    assert json.loads(json.dumps(seen)) == seen
    assert (seen["status"], seen["findings"][0]["verdict"]) == ("blocked", "block")
