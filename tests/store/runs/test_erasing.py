"""What is deleted leaves every table and every page of the file; what limits count stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.actions import Action
from core.errors import RunUnderWayError, UnknownRunError
from core.results import Measure
from core.runs import Status
from store import times
from store.database import NAME, Database
from store.media.leaving import Leaving
from store.media.pictures import Pictures
from store.media.temporary import Temporary
from store.runs import erasing
from store.runs.library import Library
from store.runs.run_log import RunLog
from tests.store.examples import accepted, done, found, kept

SECRET = ("xylophonist", "quetzalcoatl", "jabberwock", "zugzwanging")


def ended(log: RunLog, actor: str = "ada", answer: str = "", **changes: object) -> str:
    run_id = accepted(log, actor, **changes)
    log.claim("local")
    log.finish(run_id, done(answer=answer))
    return run_id


def rows(database: Database, statement: str, *values: object) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(statement, values)]


def change(database: Database, statement: str, *values: object) -> None:
    database.write(lambda connection: connection.execute(statement, values))


def test_a_deleted_run_was_never_there(log: RunLog, database: Database) -> None:
    run_id = accepted(log, words="a xylophonist", findings=(found(),), facts={"note": SECRET[1]}, party="@address")
    log.claim("local")
    measure = Measure(name="score", value=0.5, unit="p", detail={"because": SECRET[2]})
    log.finish(run_id, done(pictures=(kept(),), findings=(found(),), measures=(measure,), answer=SECRET[3]))
    assert log.delete([run_id]) == 1
    library = Library(database)
    assert (library.runs(), library.entries(), library.run_of_picture(kept().sha256)) == ((), (), None)
    assert not library.has_picture(kept().sha256)
    for search in SECRET:
        assert library.runs(search=search) == ()
    for ask in (log.get, lambda run_id: accepted(log, parent=run_id)):
        with pytest.raises(UnknownRunError, match="no run"):
            ask(run_id)
    assert log.delete([run_id]) == 0
    for table in ("images", "uploads", "findings", "measures"):
        assert rows(database, f"SELECT * FROM {table}") == []  # noqa: S608 - our own words
    (row,) = rows(database, "SELECT * FROM runs")
    assert not [word for word in (*SECRET, run_id) if word in str(row)]
    assert {"ada", "@address", "generate", "done", "demo"} <= set(row)


def test_limits_fairness_and_figures_do_not_see_a_deletion(log: RunLog, database: Database) -> None:
    runs = [ended(log) for _ in range(3)]
    turns = "SELECT lane, party, turn FROM runs ORDER BY number"
    before = (log.counts("ada"), log.shares("ada"), rows(database, turns))
    log.delete(runs)
    assert (log.counts("ada"), log.shares("ada"), rows(database, turns)) == before
    assert before[0] == (3, 0)


def test_pictures_that_were_brought_still_count_and_are_named_no_more(log: RunLog, database: Database) -> None:
    change(
        database, "INSERT INTO brought (actor, role, sha256, at) VALUES ('ada', 'creator', ?, ?)", "a" * 64, times.now()
    )
    change(
        database, "INSERT INTO brought (actor, role, sha256, at) VALUES ('bob', 'creator', ?, ?)", "a" * 64, times.now()
    )
    run_id = ended(log, action=Action.ASK, request={"image": {"sha256": "a" * 64}})
    log.delete([run_id])
    assert rows(database, "SELECT actor, sha256 FROM brought") == [("ada", ""), ("bob", "a" * 64)]
    assert log.brought("ada") == 1


@pytest.mark.parametrize("status", ["queued", "running", "saving"])
def test_a_run_under_way_is_refused_and_so_is_all_that_was_to_go_with_it(
    log: RunLog, database: Database, status: str
) -> None:
    first, second = ended(log), ended(log)
    change(database, "UPDATE runs SET status = ? WHERE id = ?", status, second)
    with pytest.raises(RunUnderWayError, match=r"One of these runs is under way.*Stop it first"):
        log.delete([first, second])
    with pytest.raises(RunUnderWayError, match="This run is under way"):
        log.delete([second])
    with pytest.raises(RunUnderWayError, match="One of your runs"):
        log.delete_all("ada")
    assert {log.get(first).status, log.get(second).status} == {Status.DONE, Status(status)}


def test_what_speaks_an_answer_goes_with_it_whoever_had_it_spoken(log: RunLog) -> None:
    answer = ended(log, action=Action.ASK, answer="A star.")
    voice = ended(log, "bob", action=Action.SPEAK, words="A star.", parent=answer)
    again = ended(log, action=Action.SPEAK, words="A star.", parent=voice)
    child = ended(log, action=Action.ASK, words="And now?", parent=answer)
    assert log.delete([answer]) == 3
    for gone in (answer, voice, again):
        with pytest.raises(UnknownRunError):
            log.get(gone)
    assert (log.get(child).words, log.get(child).parent) == ("And now?", None)


def test_a_voice_under_way_keeps_its_answer(log: RunLog) -> None:
    answer = ended(log, action=Action.ASK, answer="A star.")
    accepted(log, action=Action.SPEAK, words="A star.", parent=answer)
    with pytest.raises(RunUnderWayError):
        log.delete([answer])
    assert log.get(answer).answer == "A star."


def test_later_turns_of_a_talk_quote_a_deleted_one_no_more(log: RunLog) -> None:
    talk = "t" * 32
    turns = [{"question": "Is it old?", "answer": "Yes."}, {"question": "What jabberwock?", "answer": "That one."}]
    ended(log, action=Action.ASK, words="Is it old?", answer="Yes.", talk=talk)
    second = ended(log, action=Action.ASK, words="What jabberwock?", answer="That one.", talk=talk)
    third = ended(log, action=Action.ASK, words="And?", talk=talk, request={"question": "And?", "history": turns})
    other = ended(log, action=Action.ASK, words="And?", talk="u" * 32, request={"question": "And?", "history": turns})
    log.delete([second])
    assert log.get(third).request == {"question": "And?", "history": turns[:1]}
    assert log.get(other).request["history"] == turns


def test_everything_of_one_person_goes_in_steps(
    log: RunLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 3)
    change(
        database, "INSERT INTO brought (actor, role, sha256, at) VALUES ('ada', 'creator', ?, ?)", "a" * 64, times.now()
    )
    for _ in range(7):
        ended(log)
    kept_run = ended(log, "bob")
    assert log.delete_all("ada") == 7
    assert log.delete_all("ada") == 0
    assert [run.id for run in Library(database).runs()] == [kept_run]
    assert rows(database, "SELECT sha256 FROM brought") == [("",)]


def test_old_runs_go_and_a_talk_stays_until_its_last_turn_is_old(
    log: RunLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    old = [ended(log) for _ in range(3)]
    waiting = accepted(log)
    talking = [ended(log, action=Action.ASK, talk="t" * 32) for _ in range(2)]
    spoken = ended(log, action=Action.ASK, answer="A star.")
    change(database, "UPDATE runs SET queued = '2026-01-01T00:00:00.000Z'")
    change(database, "UPDATE runs SET queued = '2026-03-01T00:00:00.000Z' WHERE id = ?", talking[1])
    young = accepted(log, action=Action.SPEAK, parent=spoken)
    after: int | None = 0
    erased = 0
    while after is not None:
        more, after = database.write(lambda connection, after=after: erasing.erase_old(connection, "2026-02-01", after))
        erased += more
    assert erased == len(old)
    assert {run.id for run in Library(database).runs()} == {waiting, *talking, spoken, young}


def test_the_address_of_a_visitor_goes_after_the_day_that_counts_it(log: RunLog, database: Database) -> None:
    today, before = (ended(log, "guest-a", party="@hash") for _ in range(2))
    change(database, "UPDATE runs SET queued = '2026-01-01T00:00:00.000Z' WHERE id = ?", before)
    log.delete([today, before])
    database.write(erasing.forget_addresses)
    assert sorted(rows(database, "SELECT party FROM runs")) == [("@hash",), ("guest-a",)]
    assert log.shares("@hash").party_today == 1


def held(folder: Path) -> set[str]:
    """Return which of the words stand anywhere in the files of the database; the index cuts off shared beginnings."""
    data = b"".join((folder / f"{NAME}{end}").read_bytes() for end in ("", "-wal"))
    return {word for word in SECRET if word[1:].encode() in data or json.dumps(word)[2:-1].encode() in data}


def test_deleted_words_leave_the_file_and_its_log(log: RunLog, database: Database, tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    leaving = Leaving(database, pictures, Temporary(tmp_path / "temporary", database.space), kept=0)
    ids = []
    for number in range(40):
        words = f"{SECRET[number % 2]} {number} 红苹果"
        ids.append(ended(log, words=words, answer=f"{SECRET[2 + number % 2]} {number}", request={"prompt": words}))
    assert held(tmp_path) == set(SECRET)
    log.delete(ids)
    leaving.now(grace=-1)
    assert held(tmp_path) == set()
    assert "苹".encode() not in (tmp_path / NAME).read_bytes()
    assert rows(database, "SELECT * FROM leaving") == []


def test_the_log_of_the_database_is_emptied_once_nobody_reads(log: RunLog, database: Database, tmp_path: Path) -> None:
    run_id = ended(log, words=SECRET[0])
    with database.read() as connection:
        connection.execute("SELECT count(*) FROM runs").fetchone()
        # Somebody reads the state of before: the deletion does not wait for them.
        log.delete([run_id])
        assert not database.empty_log()
    assert database.empty_log()
    assert (tmp_path / f"{NAME}-wal").stat().st_size == 0
