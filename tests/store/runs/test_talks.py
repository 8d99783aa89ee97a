"""The talks of earlier programs, which did not write them down."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils

from store.database import NAME, Database
from store.migrations import migrations
from store.runs.library import Library
from store.space import Space

_INSERT = """
INSERT INTO runs (id, parent, action, actor, role, model, lane, source, prompt, status, answer, queued, request)
VALUES (:id, :parent, :action, :actor, 'creator', 'm', 'local', :source, :prompt, :status, :answer, '', :request)
"""


class Earlier:
    """A database of the program before talks were written down."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = sqlite3.connect(folder / NAME)
        migrations.apply(sqlite_utils.Database(self._connection), stop_before="talks_of_runs")

    def run(self, name: str, action: str, prompt: str = "", answer: str = "It is red.", **more: object) -> None:
        history = [{"question": question, "answer": said} for question, said in more.pop("history", ())]  # type: ignore[attr-defined]
        request = {"image": {"sha256": more.pop("picture", "p")}, "history": history}
        row = {"parent": None, "actor": "ada", "source": "page", "status": "done"}
        request = {} if action == "speak" else request
        row |= {"id": name, "action": action, "prompt": prompt, "answer": answer, "request": json.dumps(request)}
        self._connection.execute(_INSERT, {**row, **more})

    def opened(self) -> Database:
        self._connection.commit()
        self._connection.close()
        return Database(self._folder, space=Space(self._folder, floor=0, ballast=0))


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[Earlier]:
    return Earlier(tmp_path)


def talks(earlier: Earlier) -> dict[str, str | None]:
    database = earlier.opened()
    try:
        return {run.id: run.talk for run in Library(database).runs()}
    finally:
        database.close()


def test_a_question_follows_the_answer_it_carried(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?")
    earlier.run("b", "ask", "Why?", "So.", history=[("What?", "It is red.")])
    earlier.run("c", "ask", "Then?", "No.", history=[("What?", "It is red."), ("Why?", "So.")])
    assert talks(earlier) == {"a": "a", "b": "a", "c": "a"}


def test_of_two_talks_with_the_same_words_it_is_the_latest_about_that_picture_by_that_person(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?")
    earlier.run("b", "ask", "What?")
    earlier.run("other picture", "ask", "What?", picture="q")
    earlier.run("other person", "ask", "What?", actor="bob")
    earlier.run("not answered", "ask", "What?", status="cancelled")
    earlier.run("c", "ask", "Why?", history=[("What?", "It is red.")])
    assert talks(earlier)["c"] == "b"


def test_a_long_answer_was_carried_cut(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?", "x" * 3_000)
    earlier.run("b", "ask", "Why?", history=[("What?", "x" * 2_000)])
    assert talks(earlier)["b"] == "a"


def test_a_description_goes_on_with_the_talk_about_its_picture_on_the_page_alone(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?")
    earlier.run("b", "describe", "Describe the picture (long)")
    earlier.run("c", "describe", "Describe the picture (short)", source="api")
    assert talks(earlier) == {"a": "a", "b": "a", "c": "c"}


def test_a_voice_belongs_to_the_talk_of_its_answer_and_other_runs_to_none(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?")
    earlier.run("b", "speak", "It is red.", parent="a")
    earlier.run("c", "speak", "Hello")
    earlier.run("d", "generate", "a fox")
    assert talks(earlier) == {"a": "a", "b": "a", "c": None, "d": None}


def test_a_request_kept_in_short_has_a_talk_of_its_own(earlier: Earlier) -> None:
    earlier.run("a", "ask", "What?", status="blocked", history=[("What…", "It…")], picture=None)
    assert talks(earlier) == {"a": "a"}
