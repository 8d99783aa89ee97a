"""The program stops: what is in hand is queued again without an attempt, and whoever waits is told."""

import threading
import time

import pytest

from core.errors import StoppingError
from core.requests import AskRequest, GenerateRequest
from core.runs import Status
from tests.house import InlineLane, Painter, build, picture
from tests.locked import locked


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
    """Return a house with a run in hand that somebody waits for."""
    house = build(tmp_path, painter, **named)
    house.studio.start()
    house.painter.hold.clear()
    actor, told = house.actor(), []
    run_id = house.studio.submit(actor, request or GenerateRequest(prompt="one", seed=7))

    def wait():
        try:
            told.append(house.studio.result(actor, run_id))
        except StoppingError as error:
            told.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: house.log.get(run_id).status is Status.RUNNING)
    return house, run_id, waiting, told


@pytest.mark.parametrize("named", [{}, {"lane": InlineLane}])
@pytest.mark.parametrize("ask", [False, True])
def test_any_number_of_wanted_stops_cost_no_attempt(tmp_path, named, ask):
    request = AskRequest(image=picture(), question="What is this?") if ask else None
    house, run_id, waiting, told = begun(tmp_path, request, **named)
    for _ in range(3):
        began = time.monotonic()
        house.studio.stop()
        assert time.monotonic() - began < 3
        waiting.join(5)
        if told:
            assert isinstance(told.pop(), StoppingError)
        row = house.log.get(run_id)
        assert (row.status, row.attempt, row.started) == (Status.QUEUED, 0, None)
        house.close()
        house = build(tmp_path, Painter(), **named)
        house.painter.hold.clear()
        house.studio.start()
        waiting = threading.Thread(target=_patiently, args=(house, run_id))
        waiting.start()
        until(lambda house=house: house.log.get(run_id).status is Status.RUNNING)
    house.painter.hold.set()
    run = house.studio.result(house.actor(), run_id)
    assert (run.status, run.attempt) == (Status.DONE, 1)
    house.close()
    waiting.join(5)


def _patiently(house, run_id):
    try:
        house.studio.result(house.actor(), run_id)
    except StoppingError:
        return


def test_a_crash_between_wanted_stops_still_counts(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path)
    house.studio.stop()
    waiting.join(5)
    house.database.close()
    house = build(tmp_path)
    house.log.recover({"local"})
    assert house.log.claim("local").attempt == 1
    house.database.close()  # as a crash leaves it
    house = build(tmp_path)
    house.log.recover({"local"})
    assert house.log.claim("local").attempt == 2
    house.database.close()
    house = build(tmp_path)
    house.log.recover({"local"})
    assert house.log.get(run_id).status is Status.INTERRUPTED
    house.database.close()


def test_an_engine_that_does_not_react_is_left_behind_and_its_run_queued(tmp_path):
    house, run_id, waiting, told = begun(tmp_path, painter=Deaf())
    began = time.monotonic()
    house.studio.stop()
    assert time.monotonic() - began < 7
    waiting.join(5)
    assert isinstance(told[0], StoppingError)
    assert run_id in str(told[0])
    assert (house.log.get(run_id).status, house.log.get(run_id).attempt) == (Status.QUEUED, 0)
    house.close()


def test_while_the_database_is_held_a_wanted_stop_is_noted_all_the_same(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path)
    with locked(house.database.path):
        began = time.monotonic()
        house.studio.stop()
        assert time.monotonic() - began < 8
    waiting.join(5)
    assert house.log.get(run_id).status is Status.RUNNING
    house.close()
    for _ in range(2):
        house = build(tmp_path)
        house.log.recover({"local"})
        assert (house.log.get(run_id).status, house.log.get(run_id).attempt) == (Status.QUEUED, 0)
        house.database.close()


def test_a_finished_result_that_cannot_be_saved_is_made_again(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path)
    aside = tmp_path / "incomplete"
    aside.rmdir()
    aside.touch()
    house.painter.hold.set()
    until(lambda: house.studio.get(house.actor(), run_id).message)
    house.studio.stop()
    waiting.join(5)
    assert (house.log.get(run_id).status, house.log.get(run_id).attempt) == (Status.QUEUED, 0)
    house.close()
    aside.unlink()
    house = build(tmp_path)
    house.studio.start()
    assert house.studio.result(house.actor(), run_id).status is Status.DONE
    house.close()


def test_a_person_s_cancel_goes_before_the_stop(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path, painter=Deaf())
    house.studio.cancel(house.actor(), run_id)
    threading.Timer(0.3, house.painter.hold.set).start()
    house.studio.stop()
    waiting.join(5)
    assert house.log.get(run_id).status is Status.CANCELLED
    house.close()


def test_while_stopping_nothing_is_accepted_and_nothing_started(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path)
    second = house.studio.submit(house.actor(), GenerateRequest(prompt="two"))
    house.studio.stop()
    with pytest.raises(StoppingError, match="Nothing was accepted"):
        house.studio.submit(house.actor(), GenerateRequest(prompt="three"))
    waiting.join(5)
    assert not house.worker.work("local")
    assert [house.log.get(each).status for each in (run_id, second)] == [Status.QUEUED] * 2
    house.close()


def test_who_was_interrupted_is_next(tmp_path):
    house, run_id, waiting, _ = begun(tmp_path)
    house.studio.submit(house.actor(name="creator-other"), GenerateRequest(prompt="two"))
    house.studio.stop()
    waiting.join(5)
    house.database.close()
    house = build(tmp_path)
    house.log.recover({"local"})
    assert house.log.claim("local").id == run_id
    house.database.close()
