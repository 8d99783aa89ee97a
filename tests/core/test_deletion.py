"""Who may delete what: the real log, roles and rules."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core import follow
from core.actions import Action
from core.deletion import turns
from core.errors import LimitReachedError, NotPermittedError, RunUnderWayError, UnknownRunError
from core.requests import AskRequest, GenerateRequest
from core.runs import Status
from store.runs.library import Library
from tests.program import build, picture

GUEST = "guest-1"


@pytest.fixture
def program(tmp_path):
    built = build(tmp_path)
    built.studio.start()
    yield built
    built.close()


@pytest.fixture
def library(program):
    return Library(program.database)


def finish(program, request, name="creator", **named):
    actor = program.actor(name=name)
    return program.studio.result(actor, program.studio.submit(actor, request, **named))


def delete(program, run, name="creator"):
    return program.studio.deletion.delete(program.access.actor(name), [run.id])


@pytest.mark.parametrize(
    ("owner", "who", "refused"),
    [
        ("creator", "creator", None),
        ("creator", "admin", None),
        (GUEST, GUEST, None),
        (GUEST, "admin", None),
        ("creator", "creator-bob", UnknownRunError),
        ("creator", GUEST, UnknownRunError),
        (GUEST, "guest-2", UnknownRunError),
        ("creator", "", UnknownRunError),
        ("creator", "guest-unnamed", UnknownRunError),
    ],
)
def test_own_runs_go_and_those_of_others_only_for_who_may(program, owner, who, refused):
    run = finish(program, GenerateRequest(prompt="a fox"), owner)
    assert program.studio.deletion.may(program.access.actor(who), run) is (refused is None)
    if refused:
        with pytest.raises(refused):
            delete(program, run, who)
        assert program.log.get(run.id) == run
        return
    assert delete(program, run, who) == 1
    with pytest.raises(UnknownRunError, match="no run"):
        program.studio.get(program.actor(name=owner), run.id)


def test_a_role_that_may_only_look_may_not_delete(program):
    run = finish(program, GenerateRequest(prompt="a fox"))
    for name, lacking in (("creator", Action.DELETE_OWN_RUNS), ("admin", Action.DELETE_ALL_RUNS)):
        actor = program.actor(name=name)
        actor = replace(actor, actions=actor.actions - {lacking})
        with pytest.raises(NotPermittedError, match="Deleting"):
            program.studio.deletion.delete(actor, [run.id])
    visitors = replace(program.actor(name=GUEST), actions=frozenset({Action.SEE_OWN_RUNS}))
    with pytest.raises(NotPermittedError):
        program.studio.deletion.delete_everything(visitors)
    with pytest.raises(NotPermittedError):
        program.studio.deletion.delete_everything(program.access.actor(None))


def test_a_run_under_way_is_stopped_first(program):
    program.painter.hold.clear()
    actor = program.actor()
    running, waiting = (program.studio.submit(actor, GenerateRequest(prompt="a fox")) for _ in range(2))
    for run_id in (running, waiting):
        with pytest.raises(RunUnderWayError, match="Stop it first"):
            program.studio.deletion.delete(actor, [run_id])
        program.studio.cancel(actor, run_id)
        assert program.studio.result(actor, run_id).status is Status.CANCELLED
        assert program.studio.deletion.delete(actor, [run_id]) == 1


def test_deleting_gives_back_nothing_of_the_day(program, library):
    actor = replace(program.actor(), limits={"runs_per_day": 2})
    for _ in range(2):
        run = program.studio.result(actor, program.studio.submit(actor, GenerateRequest(prompt="a fox")))
        program.studio.deletion.delete(actor, [run.id])
    with pytest.raises(LimitReachedError, match="2 runs a day"):
        program.studio.submit(actor, GenerateRequest(prompt="a fox"))
    program.studio.deletion.delete_everything(actor)
    assert library.runs() == ()
    with pytest.raises(LimitReachedError):
        program.studio.submit(actor, GenerateRequest(prompt="a fox"))


def test_what_came_from_a_deleted_run_lives_on(program):
    actor = program.actor()
    first = finish(program, GenerateRequest(prompt="a fox", seed=7))
    again = program.studio.result(actor, program.studio.replay(actor, first.id))
    varied = program.studio.result(actor, follow.vary(program.studio, actor, first.id))
    delete(program, first)
    for child in (again, varied):
        assert program.studio.get(actor, child.id).parent is None
        assert program.studio.result(actor, program.studio.replay(actor, child.id)).status is Status.DONE
    for ask in (program.studio.replay, program.studio.cancel, lambda *who: follow.vary(program.studio, *who)):
        with pytest.raises(UnknownRunError, match=f"There is no run {first.id}"):
            ask(actor, first.id)


def test_a_talk_goes_as_a_whole_with_its_voices(program, library):
    actor = program.actor()
    first = finish(program, AskRequest(image=picture(), question="What is this?"))
    second = finish(program, AskRequest(image=picture(), question="And now?"), talk=first.talk)
    spoken = follow.speak(program.studio, actor, second.id).run
    assert [run.id for run in turns(library, actor, second)] == [first.id, second.id, spoken.id]
    (entry,) = library.entries(actor="creator")
    assert (entry.first.id, entry.turns, entry.latest) == (first.id, 2, second.queued)
    assert program.studio.deletion.delete_talk(library, actor, second.id) == 3
    assert library.runs() == ()
    with pytest.raises(UnknownRunError):
        program.studio.deletion.delete_talk(library, actor, first.id)


def test_what_an_admin_asked_in_somebodys_talk_stays_the_admins(program, library):
    own = finish(program, AskRequest(image=picture(), question="What is this?"))
    others = finish(program, AskRequest(image=picture(), question="Why?"), "admin", talk=own.talk)
    assert program.studio.deletion.delete_talk(library, program.actor(), own.id) == 1
    assert [run.id for run in library.runs()] == [others.id]
    mine = finish(program, AskRequest(image=picture(), question="What is this?"))
    finish(program, AskRequest(image=picture(), question="Why?"), "admin", talk=mine.talk)
    assert program.studio.deletion.delete_talk(library, program.actor("admin"), mine.id) == 2


def test_two_windows_delete_at_once_and_one_of_them_hears_that_it_is_gone(program):
    actor = program.actor()
    for _ in range(5):
        run = finish(program, GenerateRequest(prompt="a fox"))
        ready = threading.Barrier(2)

        def press(run=run, ready=ready):
            ready.wait()
            try:
                return program.studio.deletion.delete(actor, [run.id])
            except UnknownRunError:
                return "gone"

        with ThreadPoolExecutor(2) as threads:
            ends = [end.result() for end in [threads.submit(press) for _ in range(2)]]
        assert sorted(map(str, ends)) == ["1", "gone"]


def test_the_log_names_who_and_which_and_no_word(program, caplog):
    run = finish(program, GenerateRequest(prompt="a quetzalcoatl"))
    with caplog.at_level(logging.INFO, logger="core.deletion"):
        delete(program, run, "admin")
        program.studio.deletion.delete_everything(program.actor())
    lines = [record.getMessage() for record in caplog.records if record.name == "core.deletion"]
    assert lines == [f"admin deleted runs (1): {run.id}", "creator deleted all of their own runs (0)"]
