from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.actions import Action
from core.runs import Outcome, Status
from store.database import Database
from store.library import Library
from store.run_log import RunLog
from store.space import Space
from tests.store.examples import accepted, done, kept


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database)


def test_the_newest_come_first_page_by_page(log: RunLog, library: Library) -> None:
    runs = [accepted(log, "ada" if number % 2 else "bob") for number in range(10)]
    newest = runs[::-1]
    assert [run.id for run in library.runs()] == newest
    assert [run.id for run in library.runs(limit=3, offset=3)] == newest[3:6]
    assert [run.id for run in library.runs(actor="ada")] == [each for each in newest if each in runs[1::2]]
    assert library.runs(actor="nobody") == ()


def test_filters_combine(log: RunLog, library: Library) -> None:
    apple = accepted(log, words="a red apple")
    question = accepted(log, words="Is the apple red?", action=Action.ASK)
    accepted(log, "bob", words="an apple of Bob")
    log.finish(apple, done())
    found = library.runs(actor="ada", search="apple", status=Status.DONE, action=Action.GENERATE)
    assert [run.id for run in found] == [apple]
    assert [run.id for run in library.runs(action=Action.ASK)] == [question]
    assert [run.id for run in library.runs(status=Status.DONE)] == [apple]
    assert library.runs(actor="bob", status=Status.DONE) == ()


def test_search_finds_words_in_prompts_and_answers(log: RunLog, library: Library) -> None:
    answered = accepted(log, words="What is this?", action=Action.ASK)
    log.claim("local")
    log.finish(answered, done(answer="A crème brûlée on a blue plate."))
    emoji = accepted(log, words="🍎 next to C++")
    for search in ("creme", "BRÛLÉE", "pla blue", "what plate"):
        assert [run.id for run in library.runs(search=search)] == [answered], search
    for search in ("🍎", "NEXT C++"):
        assert [run.id for run in library.runs(search=search)] == [emoji], search
    assert library.runs(search="green") == ()


def test_search_follows_what_changes(log: RunLog, database: Database, library: Library) -> None:
    run_id = accepted(log, words="a violet")
    database.write(lambda connection: connection.execute("UPDATE runs SET prompt = 'a rose' WHERE id = ?", (run_id,)))
    assert (len(library.runs(search="violet")), len(library.runs(search="rose"))) == (0, 1)
    database.write(lambda connection: connection.execute("DELETE FROM runs"))
    assert library.runs(search="rose") == ()


@pytest.mark.parametrize(
    "search", ['"', "'; DROP TABLE runs; --", "NEAR(a b)", "prompt:apple", "a*", "-a", "(", "AND", "\0", "\ud800", "…"]
)
def test_signs_in_a_search_mean_nothing(log: RunLog, library: Library, search: str) -> None:
    accepted(log, words="something else")
    assert len(library.runs(search=search)) <= 1
    assert len(library.runs()) == 1


def test_any_text_can_be_searched(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("library")
    database = Database(folder, space=Space(folder, floor=0, ballast=0))
    accepted(RunLog(database), words="a red apple")
    library = Library(database)
    numbers = st.integers()
    texts = st.text() | st.text(alphabet="\"'*():^-+{}\ud800\0 aAND")

    @settings(max_examples=300, deadline=None)
    @given(search=texts, actor=st.none() | texts, limit=numbers, offset=numbers)
    def search_anything(search: str, actor: str | None, limit: int, offset: int) -> None:
        assert len(library.runs(search=search, actor=actor, limit=limit, offset=offset)) <= 1

    search_anything()
    database.close()


def test_active_runs_are_those_not_final(log: RunLog, library: Library) -> None:
    first, second, third = accepted(log), accepted(log), accepted(log)
    accepted(log, "bob")
    log.claim("local")
    log.finish(second, Outcome(status=Status.CANCELLED))
    assert [run.id for run in library.active("ada")] == [first, third]


def test_whoever_made_or_brought_a_picture_has_it(log: RunLog, library: Library) -> None:
    made, brought, refused = "1" * 64, "2" * 64, "3" * 64
    run_id = accepted(log, "ada")
    log.finish(run_id, done(pictures=(kept(0, sha256=made),)))
    image = {"sha256": brought, "width": 8, "height": 8}
    accepted(log, "bob", action=Action.ASK, request={"question": "What?", "image": image})
    accepted(log, "eve", action=Action.ASK, request={"question": "What?", "image": {**image, "sha256": made}})
    accepted(log, "eve", request={"image": {**image, "sha256": refused}}, status=Status.BLOCKED)
    has = {
        sha256: [who for who in ("ada", "bob", "eve") if library.has_picture(sha256, actor=who)]
        for sha256 in (made, brought, refused)
    }
    assert has == {made: ["ada", "eve"], brought: ["bob"], refused: []}
    assert library.has_picture(made)
    assert not library.has_picture(refused)
    assert not library.has_picture("")
    assert not library.has_picture("\ud800", actor="\ud800")
