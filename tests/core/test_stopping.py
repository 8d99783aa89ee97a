"""The program stops: what is in hand is queued again without an attempt, and whoever waits is told."""

import threading
import time

import pytest

from core.errors import StoppingError
from core.requests import AskRequest, GenerateRequest
from core.runs import Status
from tests.locked import locked
from tests.program import InlineLane, Painter, build, picture


def until(fulfilled, seconds=15):
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Deaf(Painter):
    """An engine that does not react, as while a model is being loaded."""

    def run(self, request, job):
        self.hold.wait(30)
        return super().run(request, job)


def begun(tmp_path, request=None, painter=None, **named):
    """Return a program with a run in hand that somebody waits for."""
    program = build(tmp_path, painter, **named)
    program.studio.start()
    program.painter.hold.clear()
    actor, told = program.actor(), []
    run_id = program.studio.submit(actor, request or GenerateRequest(prompt="one", seed=7))

    def wait():
        try:
            told.append(program.studio.result(actor, run_id))
        except StoppingError as error:
            told.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: program.log.get(run_id).status is Status.RUNNING)
    return program, run_id, waiting, told


@pytest.mark.parametrize("named", [{}, {"lane": InlineLane}])
@pytest.mark.parametrize("ask", [False, True])
def test_any_number_of_wanted_stops_cost_no_attempt(tmp_path, named, ask):
    request = AskRequest(image=picture(), question="What is this?") if ask else None
    program, run_id, waiting, told = begun(tmp_path, request, **named)
    for _ in range(3):
        began = time.monotonic()
        program.studio.stop()
        assert time.monotonic() - began < 3
        waiting.join(5)
        if told:
            assert isinstance(told.pop(), StoppingError)
        row = program.log.get(run_id)
        assert (row.status, row.attempt, row.started) == (Status.QUEUED, 0, None)
        program.close()
        program = build(tmp_path, Painter(), **named)
        program.painter.hold.clear()
        program.studio.start()
        waiting = threading.Thread(target=_waiting_long, args=(program, run_id))
        waiting.start()
        until(lambda program=program: program.log.get(run_id).status is Status.RUNNING)
    program.painter.hold.set()
    run = program.studio.result(program.actor(), run_id)
    assert (run.status, run.attempt) == (Status.DONE, 1)
    program.close()
    waiting.join(5)


def _waiting_long(program, run_id):
    try:
        program.studio.result(program.actor(), run_id)
    except StoppingError:
        return


def test_a_crash_between_wanted_stops_still_counts(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path)
    program.studio.stop()
    waiting.join(5)
    program.database.close()
    program = build(tmp_path)
    program.log.recover({"local"})
    assert program.log.claim("local").attempt == 1
    program.database.close()  # as a crash leaves it
    program = build(tmp_path)
    program.log.recover({"local"})
    assert program.log.claim("local").attempt == 2
    program.database.close()
    program = build(tmp_path)
    program.log.recover({"local"})
    assert program.log.get(run_id).status is Status.INTERRUPTED
    program.database.close()


def test_an_engine_that_does_not_react_is_left_behind_and_its_run_queued(tmp_path):
    program, run_id, waiting, told = begun(tmp_path, painter=Deaf())
    began = time.monotonic()
    program.studio.stop()
    assert time.monotonic() - began < 7
    waiting.join(5)
    assert isinstance(told[0], StoppingError)
    assert run_id in str(told[0])
    assert (program.log.get(run_id).status, program.log.get(run_id).attempt) == (Status.QUEUED, 0)
    program.close()


def test_while_the_database_is_held_a_wanted_stop_is_noted_all_the_same(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path)
    with locked(program.database.path):
        began = time.monotonic()
        program.studio.stop()
        assert time.monotonic() - began < 8
    waiting.join(5)
    assert program.log.get(run_id).status is Status.RUNNING
    program.close()
    for _ in range(2):
        program = build(tmp_path)
        program.log.recover({"local"})
        assert (program.log.get(run_id).status, program.log.get(run_id).attempt) == (Status.QUEUED, 0)
        program.database.close()


def test_a_finished_result_that_cannot_be_saved_is_made_again(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path)
    aside = tmp_path / "incomplete"
    aside.rmdir()
    aside.touch()
    program.painter.hold.set()
    until(lambda: program.studio.get(program.actor(), run_id).message)
    program.studio.stop()
    waiting.join(5)
    assert (program.log.get(run_id).status, program.log.get(run_id).attempt) == (Status.QUEUED, 0)
    program.close()
    aside.unlink()
    program = build(tmp_path)
    program.studio.start()
    assert program.studio.result(program.actor(), run_id).status is Status.DONE
    program.close()


def test_a_person_s_cancel_goes_before_the_stop(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path, painter=Deaf())
    program.studio.cancel(program.actor(), run_id)
    threading.Timer(0.3, program.painter.hold.set).start()
    program.studio.stop()
    waiting.join(5)
    assert program.log.get(run_id).status is Status.CANCELLED
    program.close()


def test_while_stopping_nothing_is_accepted_and_nothing_started(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path)
    second = program.studio.submit(program.actor(), GenerateRequest(prompt="two"))
    program.studio.stop()
    with pytest.raises(StoppingError, match="Nothing was accepted"):
        program.studio.submit(program.actor(), GenerateRequest(prompt="three"))
    waiting.join(5)
    assert not program.worker.work("local")
    assert [program.log.get(each).status for each in (run_id, second)] == [Status.QUEUED] * 2
    program.close()


def test_who_was_interrupted_is_next(tmp_path):
    program, run_id, waiting, _ = begun(tmp_path)
    program.studio.submit(program.actor(name="creator-other"), GenerateRequest(prompt="two"))
    program.studio.stop()
    waiting.join(5)
    program.database.close()
    program = build(tmp_path)
    program.log.recover({"local"})
    assert program.log.claim("local").id == run_id
    program.database.close()
