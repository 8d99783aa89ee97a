from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from datasette.app import Datasette

from core.actions import Action
from core.errors import InvalidRequestError, StudioError
from core.runs import Outcome, Status
from store.database import Database
from store.runs.run_log import RunLog
from store.statistics import Statistics
from tests.store.examples import accepted, done, found, kept


@pytest.fixture
def statistics(database: Database, log: RunLog) -> Statistics:
    """Twenty finished pictures of 1 to 20 seconds, one question, one refusal, one failure, one run that waits."""
    for number in range(1, 21):
        run_id = accepted(log, "ada", words="A red apple " if number % 2 else "a red apple")
        log.claim("local")
        log.finish(run_id, done(pictures=(kept(0), kept(1, sha256="", blocked="No."))))
        database.write(
            lambda connection, run_id=run_id, number=number: connection.execute(  # type: ignore[misc]  # bound by default values
                "UPDATE runs SET seconds = ?, queued = '2026-01-01T10:00:00.000Z', started = ? WHERE id = ?",
                (number, f"2026-01-01T10:00:{number:02}.000Z", run_id),
            )
        )
    log.finish(accepted(log, "bob", words="What is this?", action=Action.ASK, model="eyes"), done(answer="An apple."))
    accepted(log, "bob", status=Status.BLOCKED, code="blocked", message="No.", findings=(found(), found(span=None)))
    failed = accepted(log, "bob", words="a blue car")
    log.finish(failed, Outcome(status=Status.FAILED, code="engine_failed", message="It broke."))
    accepted(log, "eve", words="a green tree")
    return Statistics(database)


def rows_of(statistics: Statistics, name: str) -> list[Mapping[str, Any]]:
    return list(statistics.ask(name, days=3_650))


def test_outcomes(statistics: Statistics) -> None:
    outcomes = {row["status"]: (row["runs"], row["percent"]) for row in rows_of(statistics, "outcomes")}
    assert outcomes == {"done": (21, 87.5), "blocked": (1, 4.2), "failed": (1, 4.2), "queued": (1, 4.2)}


def test_runs_by_day(statistics: Statistics) -> None:
    first = rows_of(statistics, "runs_by_day")[0]
    assert first == {"day": "2026-01-01", "action": "generate", "status": "done", "runs": 20}


def test_latency_is_by_nearest_rank(statistics: Statistics) -> None:
    row = rows_of(statistics, "latency")[0]
    assert row == {"model": "demo", "action": "generate", "runs": 20, "median": 10, "p95": 19, "longest": 20}


def test_waiting(statistics: Statistics) -> None:
    assert rows_of(statistics, "waiting") == [
        {"lane": "local", "started": 20, "median": 10, "p95": 19, "waiting_now": 1}
    ]


def test_people(statistics: Statistics) -> None:
    people = {row["actor"]: row for row in rows_of(statistics, "people")}
    assert {name: people["ada"][name] for name in ("runs", "refused", "pictures", "seconds")} == {
        "runs": 20,
        "refused": 0,
        "pictures": 20,
        "seconds": 210,
    }
    assert (people["bob"]["runs"], people["bob"]["refused"], people["eve"]["runs"]) == (3, 1, 1)


def test_popular_prompts_fold_case_and_leave_refusals_out(statistics: Statistics) -> None:
    prompts = rows_of(statistics, "popular_prompts")
    assert (prompts[0]["prompt"].strip().lower(), prompts[0]["runs"], prompts[0]["people"]) == ("a red apple", 20, 1)
    assert len(prompts) == 4


def test_refusals_failures_and_models(statistics: Statistics) -> None:
    refusal = {"category": "violence", "verdict": "review", "rule": "lexicon@1", "runs": 1, "people": 1}
    assert rows_of(statistics, "refusals") == [refusal]
    assert [(row["code"], row["message"]) for row in rows_of(statistics, "failures")] == [
        ("blocked", "No."),
        ("engine_failed", "It broke."),
    ]
    models = {(row["model"], row["action"]): row["percent_done"] for row in rows_of(statistics, "models")}
    assert models == {("demo", "generate"): 87.0, ("eyes", "ask"): 100.0}


def test_every_question_works_on_an_empty_log(database: Database) -> None:
    statistics = Statistics(database)
    assert "runs_by_day" in statistics.names()
    for name in statistics.names():
        assert statistics.sql(name).startswith("-- ")
        assert statistics.ask(name) == []


def test_older_runs_are_left_out(statistics: Statistics) -> None:
    assert {row["actor"] for row in statistics.ask("people", days=1)} == {"bob", "eve"}


@pytest.mark.parametrize(("name", "days"), [("nothing", 1), ("../runs", 1), ("people", 0), ("people", 10**9)])
def test_bad_questions_are_refused(statistics: Statistics, name: str, days: int) -> None:
    with pytest.raises(InvalidRequestError):
        statistics.ask(name, days=days)


def test_a_question_that_takes_too_long_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless) SELECT max(n) FROM endless"
    monkeypatch.setattr("store.statistics.QUERIES", {"endless": endless})
    statistics = Statistics(database, seconds=0.05)
    with pytest.raises(StudioError, match="took longer than"):
        statistics.ask("endless")
    with database.read() as connection:
        assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_datasette_opens_the_database_and_answers_a_published_query(statistics: Statistics, database: Database) -> None:
    async def ask() -> Any:
        datasette = Datasette([str(database.path)])
        await datasette.invoke_startup()
        query = {"sql": statistics.sql("outcomes"), "since": "2000-01-01T00:00:00.000Z", "_shape": "array"}
        answer = await datasette.client.get(datasette.urls.path("/show_and_tell.json"), params=query)
        page = await datasette.client.get("/show_and_tell/runs")
        return answer, page

    answer, page = asyncio.run(ask())
    assert answer.json() == rows_of(statistics, "outcomes")
    assert (page.status_code, "a red apple" in page.text) == (200, True)
