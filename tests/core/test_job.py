import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BlockedError, RunCancelledError, RunStoppedError
from core.job import Job


def make(approve=lambda _: None):
    shown = []
    job = Job("run", publish=shown.append, approve=approve, keep_ticket=lambda _: None, keep_picture=lambda *_: None)
    return job, shown


def test_sentences_are_shown_one_by_one_and_only_when_whole():
    job, shown = make()
    for piece in ["It is ", "a fox.", " It", " is red. And"]:
        job.say(piece)
    assert [progress.text for progress in shown] == ["It is a fox. ", "It is a fox. It is red. "]
    assert job.end_of_answer() == "It is a fox. It is red. And"


def test_nothing_of_a_refused_sentence_is_shown():
    def approve(text):
        if "bad" in text:
            raise BlockedError("no", ())

    job, shown = make(approve)
    job.say("A good one. ")
    with pytest.raises(BlockedError):
        job.say("A bad one. ")
    assert [progress.text for progress in shown] == ["A good one. "]


@given(st.lists(st.text(alphabet="ab .!?\n", max_size=6), max_size=20))
def test_pieces_add_up_to_the_answer_however_they_are_cut(pieces):
    job, _ = make()
    for piece in pieces:
        job.say(piece)
    whole = "".join(pieces)
    assert job.end_of_answer().strip() == whole.strip()


def test_every_report_stops_a_cancelled_run():
    job, shown = make()
    job.cancel()
    for report in (lambda: job.step("base"), lambda: job.say("x"), job.check, lambda: job.pause(5)):
        with pytest.raises(RunCancelledError):
            report()
    assert shown == []


def test_a_pause_ends_as_soon_as_the_run_is_cancelled():
    job, _ = make()
    threading.Timer(0.05, job.cancel).start()
    with pytest.raises(RunCancelledError):
        job.pause(30)


def test_a_stop_of_the_program_is_told_from_a_cancel_which_goes_before_it():
    job, _ = make()
    job.stop()
    for report in (lambda: job.step("base"), lambda: job.say("x"), job.check, lambda: job.pause(5)):
        with pytest.raises(RunStoppedError):
            report()
    assert not job.cancelled
    job.cancel()
    with pytest.raises(RunCancelledError) as refused:
        job.check()
    assert not isinstance(refused.value, RunStoppedError)
