from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from benchmarks.unknown_words import VOCABULARY
from core.requests import MAX_PROMPT
from core.vocabulary.vocabulary import Vocabulary
from pipelines.catalogue.known_words import read_vocabulary
from tests import chromium
from tests.program import build
from tests.ui.conftest import placed, serve, services_of
from tests.ui.foreign_words import ALL
from tests.ui.show.test_tab import FORM, last, runs
from ui.show.sections.known_words import KnownWords, _shown
from ui.show.tab import Show


@dataclass
class Pressed:
    """What Gradio hands over of a button that was pressed."""

    word: Any = None
    known: Any = None


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    program = build(tmp_path_factory.mktemp("words"), vocabulary=read_vocabulary(VOCABULARY))
    program.studio.start()
    yield services_of(program)
    program.close()


@pytest.fixture(scope="module")
def show(services) -> Show:
    return placed(Show, services)


@pytest.fixture
def known(show) -> KnownWords:
    return show.form.words.known


def test_unknown_words_and_things_in_their_place_are_told(known, asking):
    line = known.look(asking("creator"), "a violin and a taco", "", "auto")
    assert ">Does not know: violin, taco</p>" in line
    assert "aria-label='guitar in place of violin'>guitar</button>" in line
    assert line.count("<li>") == 2


def test_a_known_prompt_leaves_the_line_empty(known, asking):
    line = known.look(asking("creator"), "a red apple on a blue background", "", "painter")
    assert "<button" not in line
    assert re.search(r"<p [^>]*></p>", line)


def test_words_to_keep_out_are_told_as_well(known, asking):
    line = known.look(asking("creator"), "a dog", "violin, text", "auto")
    assert ">Cannot keep out: violin, text</p>" in line
    assert "<li>" not in line


def test_where_nothing_is_near_some_things_are_named(known, asking):
    assert ">Does not know: riding. It draws 120 things, such as dog" in known.look(
        asking("creator"), "riding", "", "auto"
    )


def test_many_and_long_words_are_told_in_short(known, asking):
    prompt = " ".join(f"zq{letter * 60}" for letter in "abcdefghij")
    line = known.look(asking("creator"), prompt, prompt, "auto")
    assert "and 4 more. " in line
    assert len(line) < 900


@pytest.mark.parametrize("model", ["nobody", "", "answerer"])
def test_a_model_that_is_not_there_knows_nothing_to_tell(known, asking, model):
    assert "data-closed" not in known.look(asking("creator"), "a violin", "violin", model)


def test_nothing_is_told_where_any_word_may_be_tried():
    line = _shown(Vocabulary(), "a violin", "violin")
    assert "data-closed" not in line
    assert "violin" not in line


@pytest.mark.parametrize("words", ALL)
def test_words_stay_words(known, asking, words):
    line = known.look(asking("creator"), words, words, "auto")
    assert set(re.findall(r"<(\w+)", line)) <= {"div", "p", "ul", "li", "span", "button"}
    assert "onerror=" not in re.sub(r">[^<]*<", "><", line)


def test_a_thing_takes_the_place_of_a_word(known, asking):
    put = known.put(asking("creator"), "a violin on red", "auto", Pressed("violin", "guitar"))
    assert put == "a guitar on red"


NO_SUGGESTIONS = [
    Pressed(),
    Pressed("violin", "<img>"),
    Pressed(["violin"], "dog"),
    Pressed("violin", ["dog"]),
    Pressed("v", 1),
    Pressed("violin", "dog"),
]


@pytest.mark.parametrize("pressed", NO_SUGGESTIONS, ids=str)
def test_what_is_no_suggestion_changes_nothing(known, asking, value, pressed):
    changed = known.put(asking("creator"), "a violin", "auto", pressed)
    assert not isinstance(changed, str)
    assert "value" not in changed


def test_no_more_than_a_prompt_is_read(known, asking):
    assert "violin" not in known.look(asking("creator"), f"{'dog ' * (MAX_PROMPT // 4)}violin", "", "auto")


def test_the_result_and_the_run_name_them(show, services, asking):
    end = last(
        show.make(asking("creator"), **{**FORM, "prompt": "a violin", "negative_prompt": "taco", "style": "flat"})
    )
    assert "seed 7. Does not know: violin. Not or not wholly used: negative prompt" in end[show.result.status]
    (run,) = runs(services)
    assert run.facts["unknown_words"] == ["violin"]


@pytest.mark.browser
def test_it_is_told_while_one_writes_and_a_button_puts_a_thing_in_place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    program = build(folder, vocabulary=read_vocabulary(VOCABULARY))
    with serve(program, services_of(program), folder) as served, chromium.browser() as browser:
        page = browser.new_context(extra_http_headers={"x-name": "creator-bob"}, locale="en-US").new_page()
        page.set_default_timeout(90_000)
        page.goto(served.url)
        box, said = page.locator("#show-prompt textarea"), page.locator("#show-known [data-announce]")
        said.wait_for(state="attached")
        asked = []
        page.on("request", lambda request: asked.append(request.post_data) if "/queue/join" in request.url else None)
        page.evaluate("document.querySelector('#show-known [data-announce]').stays = true")
        box.press_sequentially("two violins and a taco")
        page.wait_for_function("/violins, taco$/.test(document.querySelector('#show-known p').innerText)")
        letters = len("two violins and a taco")
        assert len([body for body in asked if "violin" in body]) < letters / 2, "not one request for each letter"
        # The element that is read out stays; its words change.
        assert page.evaluate("document.querySelector('#show-known [data-announce]').stays")
        page.get_by_role("button", name="guitar in place of violins").click()
        page.wait_for_function("document.querySelector('#show-prompt textarea').value === 'a guitar and a taco'")
        assert page.evaluate("document.activeElement.closest('#show-prompt') !== null")
        page.wait_for_function("document.querySelector('#show-known p').innerText === 'Does not know: taco'")
        page.get_by_role("button", name="pizza in place of taco").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('#show-known p').innerText === ''")
        assert box.input_value() == "a guitar and a pizza"
        box.fill(" ".join(ALL))
        page.wait_for_function("/^Does not know/.test(document.querySelector('#show-known p').innerText)")
        assert page.locator("[data-injected]").count() == 0
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
