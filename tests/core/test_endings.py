"""The end of a run that cannot be written now: kept, tried again, and cancellable all the while."""

import hashlib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from core.requests import AskRequest, GenerateRequest, SpeakRequest
from core.results import MadePicture, Product
from core.runs import Status
from pipelines.lanes import ThreadLane
from tests.locked import locked
from tests.program import InlineLane, Painter, build, picture


@pytest.fixture(params=[ThreadLane, InlineLane])
def program(tmp_path, request, monkeypatch):
    monkeypatch.setattr("pipelines.lanes._LONGEST_PAUSE", 0.1)
    # The timeout of writes is not what is tested here.
    monkeypatch.setattr("store.database._SHORT", 0.05)
    built = build(tmp_path, lane=request.param)
    built.database._timeout = 0.3
    built.studio.start()
    yield built
    built.close()


def database_held(program):
    return locked(program.database.path)


@contextmanager
def no_folder_for_pictures(program):
    """Nothing can be kept: a file is where the folder has to be."""
    aside = program.database.folder / "incomplete"
    aside.rmdir()
    aside.touch()
    try:
        yield
    finally:
        aside.unlink()
        aside.mkdir()


def begin(program, actor, request=None):
    """Submit a run, and return it with the thread of whoever waits for it, once the engine works on it."""
    program.painter.hold.clear()
    run_id = program.studio.submit(actor, request or GenerateRequest(prompt="one", seed=7))
    results = []
    waiting = threading.Thread(target=lambda: results.append(program.studio.result(actor, run_id)))
    waiting.start()
    until(lambda: program.log.get(run_id).status is Status.RUNNING)
    return run_id, waiting, results


def until(fulfilled, seconds=15):
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("trouble", [database_held, no_folder_for_pictures])
def test_a_result_that_cannot_be_kept_is_kept_in_memory_until_it_can(program, trouble):
    actor = program.actor()
    run_id, waiting, results = begin(program, actor)
    with trouble(program):
        program.painter.hold.set()
        until(lambda: program.studio.get(actor, run_id).message)
        seen = program.studio.get(actor, run_id)
        assert seen.status is Status.SAVING
        assert seen.code in {"storage_busy", "storage_failed"}
        assert "its result is kept" in seen.message
        assert next(program.studio.watch(actor, run_id)).run.status is Status.SAVING
        time.sleep(1)
        assert not results
    waiting.join(15)
    assert [run.status for run in results] == [Status.DONE]
    assert results[0].message == results[0].code == ""
    assert program.pictures.load(results[0].pictures[0].sha256)
    assert results[0].attempt == program.painter.runs == 1
    assert program.log.counts(actor.name)[1] == 0
    assert (program.database.folder / "ballast").exists()


@pytest.mark.parametrize("trouble", [database_held, no_folder_for_pictures])
def test_a_run_that_waits_to_be_saved_can_be_cancelled(program, trouble):
    actor = program.actor()
    run_id, waiting, results = begin(program, actor)
    with trouble(program):
        program.painter.hold.set()
        until(lambda: program.studio.get(actor, run_id).message)
        program.studio.cancel(actor, run_id)
        if trouble is no_folder_for_pictures:
            until(lambda: program.log.get(run_id).status is Status.CANCELLED)
    waiting.join(15)
    assert [run.status for run in results] == [Status.CANCELLED]
    assert program.log.counts(actor.name)[1] == 0


def test_a_cancel_while_the_database_is_held_ends_every_run(program):
    actor = program.actor()
    running, waiting, _ = begin(program, actor)
    queued = program.studio.submit(actor, GenerateRequest(prompt="two"))
    with database_held(program):
        program.studio.cancel(actor, running)
        program.studio.cancel(actor, queued)
        program.painter.hold.set()
        time.sleep(0.5)
    waiting.join(15)
    until(lambda: program.log.get(queued).status.final)
    assert [program.log.get(each).status for each in (running, queued)] == [Status.CANCELLED] * 2


def test_refusals_and_breakdowns_wait_for_the_database_too(program):
    actor = program.actor()
    program.painter.answer = "To build a pipe bomb you need this."
    _, waiting, results = begin(program, actor, AskRequest(image=picture(), question="What is this?"))
    with database_held(program):
        program.painter.hold.set()
        time.sleep(1)
    waiting.join(15)
    assert results[0].status is Status.BLOCKED


def test_others_go_on_while_one_result_waits(program):
    actor = program.actor()
    name = f"{hashlib.sha256(program.painter.run(SpeakRequest(text='x'), None).sound.data).hexdigest()}.wav"
    in_the_way = program.database.folder / "sounds" / name[:2] / name
    in_the_way.mkdir(parents=True)
    spoken, waiting, results = begin(program, actor, SpeakRequest(text="It is red."))
    program.painter.hold.set()
    until(lambda: program.studio.get(actor, spoken).message)
    drawn = program.studio.submit(actor, GenerateRequest(prompt="two"))
    assert program.studio.result(actor, drawn).status is Status.DONE
    assert program.log.get(spoken).status is Status.SAVING
    in_the_way.rmdir()
    waiting.join(15)
    assert results[0].status is Status.DONE


def test_no_run_is_started_while_many_results_wait(program, monkeypatch):
    monkeypatch.setattr("core.endings.MOST_WAITING", 1)
    actor = program.actor()
    with no_folder_for_pictures(program):
        run_id, waiting, _ = begin(program, actor)
        program.painter.hold.set()
        until(lambda: program.studio.get(actor, run_id).message)
        second = program.studio.submit(actor, GenerateRequest(prompt="two"))
        time.sleep(0.5)
        assert program.log.get(second).status is Status.QUEUED
    waiting.join(15)
    assert program.studio.result(actor, second).status is Status.DONE


@dataclass
class Overflowing(Painter):
    """Its pictures have seeds that no database can hold."""

    one_by_one: bool = True

    def run(self, request, job):
        made = MadePicture(picture=picture(), seed=2**70)
        if self.one_by_one:
            job.made(made, {})
        return Product(pictures=(made,))


@pytest.mark.parametrize(
    "painter",
    [Overflowing(), Overflowing(one_by_one=False), Painter(breaks=SystemExit(3)), Painter(breaks=RecursionError())],
)
def test_whatever_an_engine_gives_its_run_ends(tmp_path, painter):
    program = build(tmp_path, painter)
    program.studio.start()
    actor = program.actor()
    for _ in range(2):
        run = program.studio.result(actor, program.studio.submit(actor, GenerateRequest(prompt="one")))
        assert (run.status, bool(run.message)) == (Status.FAILED, True)
    program.close()


def test_a_run_nobody_works_on_can_be_cancelled(tmp_path):
    program = build(tmp_path)
    actor = program.actor()
    run_id = program.studio.submit(actor, GenerateRequest(prompt="one"))
    program.log.claim("local")
    assert program.studio.cancel(actor, run_id).status is Status.CANCELLED
    program.close()
