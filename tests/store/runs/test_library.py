from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from core.actions import Action
from core.runs import Outcome, Status
from store.database import NAME, Database
from store.migrations import migrations
from store.runs.library import Library
from store.runs.run_log import RunLog
from store.space import Space
from tests.store.examples import accepted, done, kept, new_run


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


UNSPACED = {
    "一个红色的苹果": ("苹果", "苹", "红色的", "苹\u200b果", "果", "红 苹果", "一个红色的苹果"),
    "赤いりんごと青い空": ("りんご", "赤い", "空", "ご", "青 赤"),
    "ｱｯﾌﾟﾙとバナナ": ("アップル", "ｱｯﾌﾟﾙ", "バ", "ナナ"),
    "ช้างสีแดงกินน้ำ": ("ช้าง", "สีแดง", "น้ำ", "กิน"),
    "ໝາກໂປມສີແດງ": ("ໝາກໂປມ", "ແດງ"),
    "ផ្លែប៉ោមក្រហម": ("ប៉ោម", "ក្រហម"),
    "ပန်းသီးနီ": ("ပန်းသီး", "နီ"),
    "빨간사과를 그려줘": ("사과", "빨간", "과", "그려 사과"),
    "手机iPhone壳 and a Dog": ("iphone", "IPHONE壳", "机iph", "壳", "dog", "壳 do", "an"),
    "㍿と№": ("株式会社", "株"),
    "𠮷野家": ("𠮷", "野家"),
}


@pytest.mark.parametrize("words", UNSPACED)
def test_search_finds_words_in_scripts_without_spaces(log: RunLog, library: Library, words: str) -> None:
    ids = {text: accepted(log, words=text) for text in UNSPACED}
    for search in UNSPACED[words]:
        assert ids[words] in [run.id for run in library.runs(search=search)], search
    for search in ("梨", "果苹", "mango", "苹果 mango", "ง้าช", "phone"):
        assert library.runs(search=search) == (), search


def test_search_without_spaces_finds_answers_and_keeps_its_filters(log: RunLog, library: Library) -> None:
    answered = accepted(log, words="What is this?", action=Action.ASK)
    log.claim("local")
    log.finish(answered, done(answer="这是一个苹果。"))
    bob = [accepted(log, "bob", words=f"苹果 {number}") for number in range(5)]
    assert [run.id for run in library.runs(search="苹果")] == [*bob[::-1], answered]
    assert [run.id for run in library.runs(search="苹果", limit=2, offset=1)] == bob[2:4][::-1]
    assert [run.id for run in library.runs(search="苹果", actor="ada")] == [answered]
    assert [run.id for run in library.runs(search="个苹", status=Status.DONE, action=Action.ASK)] == [answered]
    # A word with spaces around it stands in both indexes; each run is found once.
    spaced = accepted(log, words="an apple")
    mixed = accepted(log, words="an apple 苹果")
    assert [run.id for run in library.runs(search="app")] == [mixed, spaced]
    assert [run.id for run in library.runs(search="app", limit=1, offset=1)] == [spaced]


def test_search_without_spaces_follows_what_changes(log: RunLog, database: Database, library: Library) -> None:
    def change(statement: str, *values: str) -> None:
        database.write(lambda connection: connection.execute(statement, values))

    run_id = accepted(log, words="一朵紫罗兰")
    for before, after in (("紫罗兰", "玫瑰"), ("玫瑰", "a rose"), ("rose", "りんご"), ("りんご", "百合")):
        assert len(library.runs(search=before)) == 1
        change("UPDATE runs SET prompt = ? WHERE id = ?", after, run_id)
        assert (len(library.runs(search=before)), len(library.runs(search=after))) == (0, 1)
    change("DELETE FROM runs")
    assert library.runs(search="百合") == ()
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM unspaced").fetchone()[0] == 0


def test_the_runs_of_an_earlier_program_are_found(tmp_path: Path) -> None:
    before = sqlite3.connect(tmp_path / NAME)
    migrations.apply(sqlite_utils.Database(before), stop_before="search_without_spaces")
    for number, words in enumerate(("一个红色的苹果", "a red apple", "")):
        before.execute(
            "INSERT INTO runs (id, action, actor, role, model, lane, source, prompt, status, answer, queued, request)"
            " VALUES (?, 'ask', 'ada', 'creator', 'm', 'local', 'page', ?, 'done', ?, '2026-01-01', '{}')",
            (f"{number:032x}", words, "" if words else "りんごです"),
        )
    before.commit()
    before.close()
    database = Database(tmp_path, space=Space(tmp_path, floor=0, ballast=0))
    library = Library(database)
    assert [run.words for run in library.runs(search="苹果")] == ["一个红色的苹果"]
    assert [run.words for run in library.runs(search="app")] == ["a red apple"]
    assert [run.answer for run in library.runs(search="りんご")] == ["りんごです"]
    accepted(RunLog(database), words="又一个苹果")
    assert len(library.runs(search="苹果")) == 2
    database.close()


def test_search_follows_what_changes(log: RunLog, database: Database, library: Library) -> None:
    run_id = accepted(log, words="a violet")
    database.write(lambda connection: connection.execute("UPDATE runs SET prompt = 'a rose' WHERE id = ?", (run_id,)))
    assert (len(library.runs(search="violet")), len(library.runs(search="rose"))) == (0, 1)
    database.write(lambda connection: connection.execute("DELETE FROM runs"))
    assert library.runs(search="rose") == ()


@pytest.mark.parametrize(
    "search",
    [
        '"',
        "'; DROP TABLE runs; --",
        "NEAR(a b)",
        "prompt:apple",
        "a*",
        "-a",
        "(",
        "AND",
        "\0",
        "\ud800",
        "…",
        '苹"',
        "苹*",
        "-苹",
        "。",
        "\u200b",
    ],
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
    texts = st.text() | st.text(alphabet="\"'*():^-+{}\ud800\0 aAND苹น้\u200b")

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
    makers = [library.run_of_picture(made, actor=who) for who in ("ada", "eve", None)]
    assert [run and run.id for run in makers] == [run_id, None, run_id]
    assert library.run_of_picture(brought) is None
    assert library.run_of_picture("") is None
    assert not library.has_picture(refused)
    assert not library.has_picture("")
    assert not library.has_picture("\ud800", actor="\ud800")


def test_a_talk_is_its_runs_oldest_first(log: RunLog, library: Library) -> None:
    first = new_run(action=Action.ASK, talk="t")
    log.accept(first)
    second = accepted(log, action=Action.DESCRIBE, talk="t")
    voice = accepted(log, action=Action.SPEAK, talk="t", parent=second)
    accepted(log, action=Action.ASK, talk="u", words=first.words)
    accepted(log)
    of_bob = accepted(log, "bob", action=Action.ASK, talk="t")
    assert [run.id for run in library.talk("t", actor="ada")] == [first.id, second, voice]
    assert [run.id for run in library.talk("t")] == [first.id, second, voice, of_bob]
    assert library.talk("") == library.talk("v") == ()


def test_the_newest_talk_is_the_one_answered_last_on_the_page(log: RunLog, library: Library) -> None:
    assert library.newest_talk("ada") is None
    accepted(log, action=Action.ASK, talk="old")
    accepted(log, action=Action.ASK, talk="new")
    assert library.newest_talk("ada") == "new"
    accepted(log, action=Action.ASK, talk="old")
    assert library.newest_talk("ada") == "old"
    accepted(log, action=Action.ASK, talk="script", source="api")
    accepted(log, action=Action.ASK, talk="refused", status=Status.BLOCKED)
    accepted(log, "bob", action=Action.ASK, talk="of bob")
    accepted(log)
    assert library.newest_talk("ada") == "old"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT number FROM runs WHERE talk = 't' ORDER BY number DESC LIMIT 9",
        "SELECT talk FROM runs WHERE actor = 'a' AND talk IS NOT NULL AND source = 'page' ORDER BY number DESC LIMIT 1",
    ],
)
def test_talks_are_found_by_an_index(database: Database, statement: str) -> None:
    with database.read() as connection:
        (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert "USING" in plan["detail"]
    assert "INDEX runs_talk" in plan["detail"]
