"""Pictures of a run of several are inspected, kept and seen one by one, and stay however the run ends."""

import time
from contextlib import contextmanager

import pytest

from core import follow
from core.requests import GenerateRequest
from core.runs import Status
from core.verification import verification
from safety.guard import RuleGuard
from safety.provenance.marker import read_mark
from safety.rule import Hit, Rule
from tests.core.test_endings import no_folder_for_pictures, until
from tests.locked import locked
from tests.program import Painter, build

FOUR = GenerateRequest(prompt="four foxes", seed=7, count=4)


class Green(Rule):
    """Blocks the pictures that the painter makes of certain seeds."""

    name = "green@1"
    for_pictures = True
    seeds: frozenset[int] = frozenset()
    breaks = False

    def self_test(self):
        pass

    def inspect(self, content):
        if self.breaks and content.pictures:
            raise RuntimeError("no eyes")
        bad = {Painter().paint(seed, FOUR.prompt).sha256 for seed in self.seeds}
        return [
            Hit(category="violence", score=1.0, evidence="green", field="picture", block=0.5)
            for picture in content.pictures
            if picture.sha256 in bad
        ]


@pytest.fixture
def rule():
    return Green()


@pytest.fixture
def program(tmp_path, rule):
    built = build(tmp_path, guard=RuleGuard((lambda: rule,)))
    built.studio.start()
    yield built
    built.painter.pause_after = None
    built.close()


def begun(program, pictures, request=FOUR):
    """Return the id of a run that has made so many pictures and waits before the next."""
    program.painter.pause_after = pictures
    run_id = program.studio.submit(program.actor(), request)
    until(lambda: len(program.painter.painted) >= pictures and program.log.get(run_id).status is Status.RUNNING)
    return run_id


def go_on(program, run_id):
    program.painter.pause_after = None
    return program.studio.result(program.actor(), run_id)


def stopped(program, run_id):
    program.studio.cancel(program.actor(), run_id)
    return program.studio.result(program.actor(), run_id)


def test_a_picture_is_kept_and_seen_as_soon_as_it_is_made(program):
    run_id = begun(program, 2)
    until(lambda: len(program.log.get(run_id).pictures) == 2)
    seen = next(program.studio.watch(program.actor(), run_id)).run
    assert (seen.status, [kept.seed for kept in seen.pictures]) == (Status.RUNNING, [7, 8])
    mark = read_mark(program.pictures.load(seen.pictures[1].sha256).png)
    assert (mark["run"], mark["request"]["seed"], mark["facts"]) == (run_id, 8, {"prompt": FOUR.prompt})
    run = go_on(program, run_id)
    assert (run.status, [kept.position for kept in run.pictures]) == (Status.DONE, [0, 1, 2, 3])
    assert run.pictures[:2] == seen.pictures


def test_watchers_are_woken_by_each_picture(program):
    program.painter.pause_after = 1
    actor = program.actor()
    run_id = program.studio.submit(actor, FOUR)
    seen = []
    for update in program.studio.watch(actor, run_id, every=0.02):
        seen.append(len(update.run.pictures))
        program.painter.pause_after = None if len(update.run.pictures) == 3 else len(update.run.pictures) + 1
    assert set(seen) >= {1, 2, 3, 4}
    assert seen == sorted(seen)


@pytest.mark.parametrize("pictures", [1, 3])
def test_a_stopped_run_keeps_what_it_finished(program, pictures):
    run_id = begun(program, pictures)
    run = stopped(program, run_id)
    assert (run.status, run.code) == (Status.CANCELLED, "cancelled")
    assert run.message == f"Stopped: {pictures} of 4 pictures kept"
    assert [kept.seed for kept in run.pictures] == list(range(7, 7 + pictures))
    assert all(program.pictures.load(kept.sha256) for kept in run.pictures)
    assert (run.facts, run.environment) == ({"prompt": FOUR.prompt}, dict(program.painter.environment))


def test_a_run_stopped_before_its_first_picture_says_so(program):
    run = stopped(program, begun(program, 0))
    assert (run.status, run.pictures, run.message) == (Status.CANCELLED, (), "Stopped before anything was finished.")


def test_a_stopped_run_is_repeated_whole_compared_and_varied(program):
    run_id = begun(program, 2)
    first, actor = stopped(program, run_id), program.actor()
    program.painter.pause_after = None
    again = program.studio.result(actor, program.studio.replay(actor, run_id))
    assert [kept.seed for kept in again.pictures] == [7, 8, 9, 10]
    assert verification(program.pictures, first, again)["verdict"] == "identical"
    varied = program.studio.result(actor, follow.vary(program.studio, actor, run_id))
    assert len(varied.pictures) == 4


def test_a_broken_run_keeps_what_it_finished(program):
    program.painter.breaks_after = 3
    run = program.studio.result(program.actor(), program.studio.submit(program.actor(), FOUR))
    assert (run.status, run.code, len(run.pictures)) == (Status.FAILED, "engine_failed", 3)
    assert run.message == "The painter broke. Of this run, 3 of 4 pictures kept."


def test_a_refused_picture_keeps_its_place_and_its_file_is_never_written(program, rule):
    rule.seeds = frozenset({8})
    run_id = begun(program, 3)
    until(lambda: len(program.log.get(run_id).pictures) == 3)
    run = stopped(program, run_id)
    assert [bool(kept.blocked) for kept in run.pictures] == [False, True, False]
    assert [kept.seed for kept in run.pictures] == [7, 8, 9]
    assert run.pictures[1].sha256 == ""
    assert [(found.position, found.evidence) for found in run.findings] == [(1, "green")]
    assert run.message == "Stopped: 2 of 4 pictures kept, 1 refused by a safety rule"
    assert len(list((program.database.folder / "pictures").rglob("*.png"))) == 2


def test_of_a_run_that_is_stopped_with_nothing_but_refused_pictures_none_is_shown(program, rule):
    rule.seeds = frozenset({7, 8})
    run = stopped(program, begun(program, 2))
    assert (run.status, [kept.sha256 for kept in run.pictures]) == (Status.CANCELLED, ["", ""])
    assert run.message == "Stopped: 0 of 4 pictures kept, 2 refused by a safety rule"


def test_a_run_whose_every_picture_is_refused_is_refused_and_tells_each_finding_once(program, rule):
    rule.seeds = frozenset({7, 8, 9, 10})
    run = program.studio.result(program.actor(), program.studio.submit(program.actor(), FOUR))
    assert (run.status, run.code) == (Status.BLOCKED, "blocked")
    assert [found.position for found in run.findings] == [0, 1, 2, 3]
    assert not any(kept.sha256 for kept in run.pictures)


def test_a_rule_that_cannot_look_lets_no_further_picture_pass(program, rule):
    run_id = begun(program, 2)
    until(lambda: len(program.log.get(run_id).pictures) == 2)
    rule.breaks = True
    run = go_on(program, run_id)
    assert (run.status, run.code, len(run.pictures)) == (Status.FAILED, "safety_unavailable", 2)


@contextmanager
def database_held(program):
    program.database._timeout = 0.2
    with locked(program.database.path):
        yield


@pytest.mark.parametrize("trouble", [database_held, no_folder_for_pictures])
@pytest.mark.parametrize("stop", [False, True])
def test_storage_trouble_neither_loses_nor_doubles_a_picture(program, trouble, stop):
    run_id = begun(program, 1)
    until(lambda: len(program.log.get(run_id).pictures) == 1)
    with trouble(program):
        program.painter.pause_after = 3
        until(lambda: program.painter.painted == [7, 8, 9])
        time.sleep(0.5)
    if stop:
        program.studio.cancel(program.actor(), run_id)
    run = go_on(program, run_id)
    made = 3 if stop else 4
    assert [(kept.position, kept.seed) for kept in run.pictures] == list(enumerate(range(7, 7 + made)))
    assert all(program.pictures.load(kept.sha256) for kept in run.pictures)
    assert run.status is (Status.CANCELLED if stop else Status.DONE)


def test_a_stop_while_the_disk_refuses_ends_the_run_and_keeps_what_was_written(program):
    run_id = begun(program, 1)
    until(lambda: len(program.log.get(run_id).pictures) == 1)
    with no_folder_for_pictures(program):
        program.painter.pause_after = 3
        until(lambda: program.painter.painted == [7, 8, 9])
        run = stopped(program, run_id)
    assert (run.status, run.message) == (Status.CANCELLED, "Stopped: 1 of 4 pictures kept")
    assert [kept.seed for kept in run.pictures] == [7]


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("same", [True, False])
def test_a_second_attempt_goes_on_where_the_first_was_unless_something_around_it_changed(tmp_path, crash, same):
    program = build(tmp_path)
    program.studio.start()
    run_id = begun(program, 2)
    until(lambda: len(program.log.get(run_id).pictures) == 2)
    before = program.log.get(run_id).pictures
    if crash:
        # As a kill leaves it: nothing says that this end was wanted.
        program.worker.stop()
        until(lambda: not program.worker._jobs)
        program.database.close()
    else:
        program.close()
    painter = Painter() if same else Painter(environment={"engine": "painter", "version": 2})
    program = build(tmp_path, painter)
    program.studio.start()
    run = program.studio.result(program.actor(), run_id)
    assert (run.status, run.attempt) == (Status.DONE, 2 if crash else 1)
    assert [(kept.position, kept.seed) for kept in run.pictures] == [(0, 7), (1, 8), (2, 9), (3, 10)]
    assert painter.painted == ([9, 10] if same else [7, 8, 9, 10])
    assert (run.pictures[:2] == before) is same
    assert run.environment == dict(painter.environment)
    program.close()


def test_a_run_that_waits_for_its_second_attempt_can_be_stopped_and_keeps_its_pictures(tmp_path):
    program = build(tmp_path)
    program.studio.start()
    run_id = begun(program, 2)
    until(lambda: len(program.log.get(run_id).pictures) == 2)
    program.close()
    program = build(tmp_path)
    program.log.recover({"local"})
    assert program.studio.cancel(program.actor(), run_id).message == "Stopped: 2 of 4 pictures kept"
    assert len(program.log.get(run_id).pictures) == 2
    program.close()


def test_a_run_given_up_after_two_crashes_keeps_its_pictures(tmp_path):
    program = build(tmp_path)
    program.studio.start()
    run_id = begun(program, 2)
    until(lambda: len(program.log.get(run_id).pictures) == 2)
    program.close()
    for _ in range(2):
        program = build(tmp_path)
        program.log.recover({"local"})
        program.log.claim("local")
        program.database.close()
    program = build(tmp_path)
    program.log.recover({"local"})
    run = program.log.get(run_id)
    assert (run.status, len(run.pictures)) == (Status.INTERRUPTED, 2)
    assert run.message.endswith("What it had finished is kept.")
    program.close()
