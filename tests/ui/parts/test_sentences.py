from __future__ import annotations

import pytest

from core.actions import Action
from core.runs import Run, Status
from ui.parts import sentences


def run(**facts):
    return Run(
        id="1",
        action=Action.GENERATE,
        actor="ann",
        role="creator",
        model="m",
        lane="local",
        words="a violin",
        request={},
        status=Status.DONE,
        queued="2026-01-02T03:04:05.000Z",
        seconds=2.0,
        facts=facts,
    )


def test_the_end_of_a_run_names_the_words_the_model_does_not_know():
    assert sentences.ended(run()) == "Done in 2.0 s"
    assert sentences.ended(run(unknown_words=["violin", "taco"])) == "Done in 2.0 s. Does not know: violin, taco"
    both = run(unknown_words=["violin"], ignored={"negative_prompt": "why"})
    assert sentences.ended(both).startswith(
        "Done in 2.0 s. Does not know: violin. Not or not wholly used: negative prompt"
    )


@pytest.mark.parametrize("facts", [{}, {"unknown_words": None}, {"unknown_words": "violin"}, {"unknown_words": {}}])
def test_records_of_before_have_none(facts):
    assert sentences.unknown_words(facts) == ()


def test_a_line_shows_few_words_in_short():
    assert sentences.few(["a", "b"]) == "a, b"
    assert sentences.few([*"abcdefgh"]) == "a, b, c, d, e, f and 2 more"
    assert sentences.few(["x" * 31]) == f"{'x' * 29}…"
