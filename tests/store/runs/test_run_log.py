from __future__ import annotations

import math
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StorageError, UnknownRunError
from core.findings import Verdict
from core.runs import Outcome, Status
from store.database import Database
from store.runs.run_log import RunLog
from store.space import Space
from tests.store.examples import accepted, done, found, kept, new_run

ROOT = Path(__file__).resolve().parents[3]
LANES = ("local", "replicate", "remote")


def test_a_run_whose_lane_is_gone_ends_instead_of_waiting_for_ever(log: RunLog) -> None:
    waits, lost = new_run(), new_run(lane="gone")
    log.accept(waits)
    log.accept(lost)
    log.recover(LANES)
    assert log.get(waits.id).status is Status.QUEUED
    assert (log.get(lost.id).status, log.get(lost.id).code) == (Status.FAILED, "engine_unavailable")


def test_a_run_comes_back_as_it_went_in(log: RunLog) -> None:
    new = new_run(words="a red apple 🍎", source="rest", findings=(found(), found(span=None, field="picture")))
    log.accept(new)
    started = log.claim("local")
    assert started is not None
    assert (started.id, started.status, started.attempt) == (new.id, Status.RUNNING, 1)
    log.saving(new.id)
    assert log.get(new.id).status is Status.SAVING
    blocked = kept(1, sha256="", blocked="It shows a knife.")
    outcome = done(
        pictures=(kept(0), blocked),
        answer="An apple.",
        sound="0" * 64 + ".mp3",
        findings=(found(verdict=Verdict.BLOCK),),
        facts={"timings": {"base": 1.5}},
        environment={"torch": "2.13.0", "threads": 2},
    )
    assert log.finish(new.id, outcome)
    run = log.get(new.id)
    assert (run.words, run.source, run.request) == (new.words, "rest", new.request)
    assert (run.pictures, run.answer, run.sound) == (outcome.pictures, outcome.answer, outcome.sound)
    assert run.findings == (*new.findings, *outcome.findings)
    assert (run.facts, run.environment) == (outcome.facts, outcome.environment)
    times = (run.queued, run.started, run.finished)
    assert all(time and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    assert list(times) == sorted(times)
    assert run.seconds is not None
    assert 0 <= run.seconds < 5


def test_a_final_run_stays_as_it_is(log: RunLog) -> None:
    run_id = accepted(log)
    assert log.finish(run_id, Outcome(status=Status.CANCELLED, code="cancelled", message="Stopped."))
    assert not log.finish(run_id, done(pictures=(kept(),), findings=(found(),)))
    run = log.get(run_id)
    assert (run.status, run.pictures, run.findings) == (Status.CANCELLED, (), ())
    assert log.claim("local") is None


def test_a_finish_that_fails_halfway_leaves_nothing(log: RunLog) -> None:
    run_id = accepted(log)
    log.claim("local")
    with pytest.raises(sqlite3.IntegrityError):
        log.finish(run_id, done(pictures=(kept(0), kept(0))))
    assert (log.get(run_id).status, log.get(run_id).pictures) == (Status.RUNNING, ())


def test_pictures_come_one_by_one_each_in_its_place_and_stay(log: RunLog) -> None:
    run_id = accepted(log)
    log.claim("local")
    facts, environment = {"prompt": "a fox"}, {"torch": "2.13.0"}
    told = (found(field="picture", span=None, position=0),)
    for picture in (kept(0), kept(1), kept(0, sha256="9" * 64)):
        findings = told if picture.position == 0 else ()
        log.keep_picture(run_id, picture, findings=findings, facts=facts, environment=environment)
    run = log.get(run_id)
    assert (run.status, run.pictures) == (Status.RUNNING, (kept(0, sha256="9" * 64), kept(1)))
    assert (run.findings, run.facts, run.environment) == (told, facts, environment)
    assert log.finish(run_id, Outcome(status=Status.CANCELLED, pictures=(kept(2),)))
    run = log.get(run_id)
    assert [picture.position for picture in run.pictures] == [0, 1, 2]
    assert (run.facts, run.environment) == (facts, environment)
    log.keep_picture(run_id, kept(3), facts={}, environment={})
    log.drop_pictures(run_id)
    assert len(log.get(run_id).pictures) == 3, "a run that has ended stays as it is"


def test_the_end_of_a_run_may_be_written_over_a_picture_that_came_before(log: RunLog) -> None:
    run_id = accepted(log)
    log.claim("local")
    about = found(field="picture", span=None, position=0)
    log.keep_picture(run_id, kept(0), findings=(about,), facts={}, environment={})
    assert log.finish(run_id, done(pictures=(kept(0),), findings=(about,)))
    assert (log.get(run_id).pictures, log.get(run_id).findings) == ((kept(0),), (about,))


def test_pictures_of_an_earlier_attempt_are_dropped_with_what_the_rules_said_of_them(log: RunLog) -> None:
    asked = found()
    run_id = accepted(log, findings=(asked,))
    log.claim("local")
    about = found(field="picture", span=None, position=0)
    log.keep_picture(run_id, kept(0), findings=(about,), facts={}, environment={})
    log.drop_pictures(run_id)
    assert (log.get(run_id).pictures, log.get(run_id).findings) == ((), (asked,))
    with pytest.raises(UnknownRunError):
        log.keep_picture("0" * 32, kept(0), facts={}, environment={})


def test_refusals_are_rows_and_only_those_of_safety_rules_are_counted(log: RunLog) -> None:
    refused = accepted(log, status=Status.BLOCKED, code="blocked", message="No knives.", findings=(found(),))
    accepted(log, status=Status.DENIED, code="not_permitted", lane="")
    run = log.get(refused)
    assert (run.status, run.message, run.findings) == (Status.BLOCKED, "No knives.", (found(),))
    assert run.finished == run.queued
    accepted(log, status=Status.FAILED, code="safety_unavailable")
    assert log.counts("ada") == (1, 0)
    first, second = accepted(log), accepted(log)
    accepted(log, "bob")
    assert log.counts("ada") == (3, 2)
    log.claim("local")
    log.finish(first, Outcome(status=Status.BLOCKED, code="blocked"))
    log.finish(second, Outcome(status=Status.CANCELLED, code="cancelled"))
    assert log.counts("ada") == (3, 0)


@pytest.mark.parametrize("run_id", ["", "nothing", "'; DROP TABLE runs; --", "\ud800", "\0", "x" * 10_000])
def test_unknown_ids_are_named(log: RunLog, run_id: str) -> None:
    with pytest.raises(UnknownRunError, match="There is no run"):
        log.get(run_id)
    assert log.position(run_id) == 0


def test_a_child_needs_its_parent(log: RunLog) -> None:
    parent = accepted(log)
    assert log.get(accepted(log, parent=parent)).parent == parent
    with pytest.raises(UnknownRunError):
        log.accept(new_run(parent="nobody"))


def test_whatever_a_model_says_can_be_kept(database: Database, log: RunLog) -> None:
    @settings(deadline=None)
    @given(text=st.text(), number=st.floats())
    def keep(text: str, number: float) -> None:
        run_id = accepted(log)
        facts = {"text": text, "number": number, "odd": Status}
        assert log.finish(run_id, done(answer=text, message=text, facts=facts))
        run = log.get(run_id)
        assert run.answer == text.encode("utf-8", "replace").decode()
        assert run.facts["number"] == (number if math.isfinite(number) else None)
        with database.read() as connection:
            valid = connection.execute("SELECT json_valid(facts) FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
        assert valid == 1

    keep()


def restarted(database: Database) -> RunLog:
    """Return the log of the next start of the program."""
    return RunLog(database)


def test_a_crash_gives_one_more_try(database: Database, log: RunLog) -> None:
    running, waiting = accepted(log), accepted(log)
    log.claim("local")
    log.saving(running)
    log = restarted(database)
    assert log.recover(LANES) == (running,)
    assert log.recover(LANES) == ()
    assert [log.get(each).status for each in (running, waiting)] == [Status.QUEUED, Status.QUEUED]
    again = log.claim("local")
    assert again is not None
    assert (again.id, again.attempt) == (running, 2)
    assert log.recover(LANES) == ()
    log = restarted(database)
    assert log.recover(LANES) == (running,)
    run = log.get(running)
    assert (run.status, run.code) == (Status.INTERRUPTED, "interrupted")
    assert "not tried a third time" in run.message
    assert log.get(waiting).status is Status.QUEUED


def test_a_remote_run_keeps_its_ticket(database: Database, log: RunLog) -> None:
    run_id = accepted(log, lane="replicate")
    log.claim("replicate")
    log.keep_ticket(run_id, "p-123")
    log = restarted(database)
    log.recover(LANES)
    run = log.claim("replicate")
    assert run is not None
    assert (run.id, run.ticket) == (run_id, "p-123")


def test_runs_of_another_living_process_are_left_alone(log: RunLog, tmp_path: Path) -> None:
    log.recover(LANES)
    script = (
        "import sys, pathlib; from store.database import Database; from store.runs.run_log import RunLog\n"
        "from core.errors import StorageError\n"
        "try: RunLog(Database(pathlib.Path(sys.argv[1]))).recover(('local',))\n"
        "except StorageError as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Another Show & Tell works on the data folder" in told.stdout


def test_below_the_floor_nothing_is_accepted(tmp_path: Path) -> None:
    database = Database(tmp_path, space=Space(tmp_path, floor=2**60, ballast=0))
    log = RunLog(database)
    run = new_run()
    with pytest.raises(StorageError, match="Nothing was accepted; free some space"):
        log.accept(run)
    with pytest.raises(UnknownRunError):
        log.get(run.id)
    database.close()


def test_many_threads_write_and_read_at_once(log: RunLog) -> None:
    failures: list[BaseException] = []

    def live(actor: str) -> None:
        try:
            for _ in range(10):
                run_id = accepted(log, actor)
                assert log.get(run_id).status in {Status.QUEUED, Status.RUNNING, Status.DONE}
                run = log.claim("local")
                if run:
                    assert log.finish(run.id, done())
        except BaseException as error:  # noqa: BLE001 - reported by the main thread
            failures.append(error)

    threads = [threading.Thread(target=live, args=(f"person-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert [log.counts(f"person-{number}") for number in range(8)] == [(10, 0)] * 8
