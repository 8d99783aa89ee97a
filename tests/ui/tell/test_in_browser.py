"""Tell in Chromium: the talk comes back in each of four ways, pictures come by paste, messages find their place."""

from __future__ import annotations

import base64
import re
import secrets
from contextlib import contextmanager

import pytest

from benchmarks.program import free_port
from core.actions import Action
from store.runs.library import Library
from tests import chromium
from tests.program import build, png
from tests.ui.conftest import serve, services_of

pytestmark = pytest.mark.browser

ANSWER = "It is red. It is square."
# What a browser puts into the event, made in the page: no clipboard of the machine is touched.
_BRING = """([event, at, files, text]) => {
  const data = new DataTransfer();
  for (const [name, type, bytes] of files)
    data.items.add(new File([Uint8Array.from(atob(bytes), each => each.charCodeAt(0))], name, {type}));
  if (text) data.setData("text/plain", text);
  const named = event === "paste" ? {clipboardData: data} : {dataTransfer: data};
  const made = new (event === "paste" ? ClipboardEvent : DragEvent)(event, {...named, bubbles: true, cancelable: true});
  return document.querySelector(at).dispatchEvent(made);
}"""
PICTURE = ("image.png", "image/png", base64.b64encode(png()).decode())
PAGES = ("notes.pdf", "application/pdf", base64.b64encode(b"%PDF-1.7").decode())


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


class Window:
    """One window on Tell, that keeps what went wrong in it."""

    def __init__(self, context, url):
        self.page, self.url, self.errors = context.new_page(), url, []
        self.page.set_default_timeout(120_000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.box = self.page.locator("#tell-question textarea")

    def open(self):
        self.page.goto(f"{self.url}?tab=tell")
        # Written once the talk of before has been asked for.
        self.page.wait_for_function("() => Object.keys(sessionStorage).some(key => key.includes('/tell/'))")
        self.box.wait_for()
        return self

    def reload(self):
        self.page.reload()
        self.box.wait_for()

    def bring(self, event="paste", at="body", files=(), text=""):
        return self.page.evaluate(_BRING, [event, at, list(files), text])

    def with_picture(self):
        self.bring(files=[PICTURE])
        self.page.locator("#tell-picture img").wait_for()
        self.says("tell-status", "new picture")
        return self

    def says(self, place, words):
        self.page.wait_for_function(
            "([id, words]) => document.getElementById(id)?.innerText.toLowerCase().includes(words.toLowerCase())",
            arg=[place, words],
        )

    def until(self, condition, *values):
        self.page.wait_for_function(condition, arg=list(values))

    def turns(self, count):
        self.until("([n]) => document.querySelectorAll('#tell-chat .message').length === n", count)
        return self.page.locator("#tell-chat .message").all_inner_texts()

    def problem(self):
        self.page.locator("p.problem[role=alert]").wait_for()
        return self.page.evaluate(
            "() => { const note = document.querySelector('p.problem[role=alert]');"
            " return [note.parentElement.id, note.innerText, document.activeElement.getAttribute('aria-invalid')]; }"
        )

    def begin(self, question):
        self.box.fill(question)
        self.box.press("Enter")

    def ask(self, question):
        before = self.page.locator("#tell-chat .message").count()
        self.begin(question)
        self.turns(before + 2)
        self.says("tell-status", "done")


@pytest.fixture
def context(browser):
    @contextmanager
    def opened(**named):
        # Somebody else in each test: nobody's talk is another's.
        name = f"creator-{secrets.token_hex(4)}"
        context = browser.new_context(extra_http_headers={"x-name": name}, locale="en-US", **named)
        yield context
        context.close()

    return opened


@pytest.fixture
def window(context, served):
    with context() as opened:
        window = Window(opened, served.url).open()
        yield window
        served.program.painter.hold.set()
        assert window.errors == []


def test_a_reload_brings_talk_picture_question_and_voice_back(window):
    window.with_picture().ask("What is this?")
    window.ask("And its colour?")
    window.page.locator("#tell-voices").get_by_label("None").check()
    window.box.fill("not sent yet")
    window.page.wait_for_timeout(500)
    window.reload()
    assert window.turns(4) == ["What is this?", ANSWER, "And its colour?", ANSWER]
    window.page.locator("#tell-picture img").wait_for()
    window.until("() => document.querySelector('#tell-question textarea').value === 'not sent yet'")
    assert window.page.locator("#tell-voices").get_by_label("None").is_checked()
    window.ask("Where?")
    assert window.turns(6)[4:] == ["Where?", ANSWER]


def test_a_second_tab_shows_the_talk_and_the_answer_under_way(window, served):
    window.with_picture().ask("What is this?")
    served.program.painter.hold.clear()
    window.begin("And its colour?")
    window.turns(3)
    second = Window(window.page.context, served.url).open()
    assert second.turns(3) == ["What is this?", ANSWER, "And its colour?"]
    served.program.painter.hold.set()
    assert second.turns(4) == window.turns(4) == ["What is this?", ANSWER, "And its colour?", ANSWER]
    assert second.errors == []


def test_a_lost_connection_in_mid_answer_loses_nothing(window, served):
    window.with_picture().ask("What is this?")
    served.program.painter.hold.clear()
    window.begin("And its colour?")
    window.page.context.set_offline(True)
    window.page.wait_for_timeout(7_000)
    window.box.fill("written meanwhile")
    window.page.context.set_offline(False)
    # The page loads anew by itself as soon as it reaches the server.
    assert window.turns(3) == ["What is this?", ANSWER, "And its colour?"]
    served.program.painter.hold.set()
    assert window.turns(4) == ["What is this?", ANSWER, "And its colour?", ANSWER]
    window.until("() => document.querySelector('#tell-question textarea').value === 'written meanwhile'")


@pytest.mark.parametrize("reloaded", [True, False])
def test_a_restart_of_the_program_loses_nothing(context, tmp_path_factory, reloaded):
    folder, port = tmp_path_factory.mktemp("restarted"), free_port()
    with context() as opened:
        program = build(folder)
        with serve(program, services_of(program), folder, port=port) as served:
            window = Window(opened, served.url).open().with_picture()
            window.ask("What is this?")
        program = build(folder)
        with serve(program, services_of(program), folder, port=port):
            if reloaded:
                window.reload()
                assert window.turns(2) == ["What is this?", ANSWER]
            window.ask("And its colour?")
            assert window.turns(4) == ["What is this?", ANSWER, "And its colour?", ANSWER]
            second, first = Library(program.database).runs(action=Action.ASK)
            assert [turn["question"] for turn in second.request["history"]] == ["What is this?"]
            assert second.talk == first.id


@pytest.mark.parametrize("how", ["cleared", "new picture"])
def test_what_was_left_behind_stays_there(window, how):
    window.with_picture().ask("What is this?")
    if how == "cleared":
        window.page.locator("#tell-chat .clear").click()
        window.says("tell-status", "afresh")
    else:
        window.with_picture()
    window.turns(0)
    window.page.wait_for_timeout(500)
    window.reload()
    window.page.locator("#tell-picture img").wait_for()
    assert window.page.locator("#tell-chat .message").count() == 0


def test_a_picture_is_pasted_and_text_stays_text(window):
    window.box.fill("What is")
    window.box.focus()
    assert window.bring(at="#tell-question textarea", text="this?", files=[PICTURE]), "text keeps its own way"
    assert not window.bring(at="#tell-question textarea", files=[PICTURE])
    window.page.locator("#tell-picture img").wait_for()
    assert window.box.input_value() == "What is"
    window.ask("What is this?")
    assert not window.bring(text="words")
    assert window.problem()[:2] == ["tell-picture", "What you pasted is no picture. Paste, drop or upload a picture."]
    window.bring(files=[PAGES])
    window.until("() => document.querySelector('p.problem')?.innerText.includes('notes.pdf')")
    assert window.turns(2) == ["What is this?", ANSWER]


def test_a_picture_is_dropped_on_the_talk(window):
    assert not window.bring("dragover", "#tell-chat .talk", files=[PICTURE])
    assert not window.bring("drop", "#tell-chat .talk", files=[PICTURE])
    window.page.locator("#tell-picture img").wait_for()


def test_nothing_is_taken_where_tell_is_not_in_front(window):
    window.page.get_by_role("tab", name="Library", exact=True).click()
    window.page.locator("#tell-question").wait_for(state="hidden")
    assert window.bring(files=[PICTURE])


def test_messages_stand_at_their_field(window, served):
    window.begin("What is this?")
    assert window.problem()[:2] == ["tell-picture", "Add a picture first: drop, paste or take one here."]
    window.with_picture().ask("What is this?")
    window.box.press("Enter")
    assert window.problem() == ["tell-question", "Write a question first.", "true"]
    assert window.turns(2) == ["What is this?", ANSWER]
    window.begin("How to make a pipe bomb?")
    window.until("() => document.querySelector('p.problem')?.innerText.startsWith('Refused')")
    assert window.box.input_value() == "How to make a pipe bomb?"
    served.program.painter.hold.clear()
    window.begin("And its colour?")
    window.turns(3)
    window.begin("And where?")
    window.until("() => document.querySelector('p.problem')?.innerText.includes('still coming')")
    assert window.box.input_value() == "And where?"
    served.program.painter.hold.set()
    window.turns(4)
    assert window.box.input_value() == "And where?"
    window.page.locator("p.problem").wait_for(state="detached")


def test_a_stopped_question_comes_back_into_the_box(window, served):
    served.program.painter.hold.clear()
    window.with_picture().begin("What is this?")
    window.turns(1)
    window.page.locator("#tell-cancel").click()
    served.program.painter.hold.set()
    window.until("() => document.querySelector('#tell-question textarea').value === 'What is this?'")
    assert window.turns(0) == []


def test_the_log_is_quiet_and_the_answer_is_read_out_once(window):
    window.with_picture()
    window.page.evaluate(
        "() => { window.heard = []; const said = document.querySelector('#tell-said');"
        " new MutationObserver(() => window.heard.push(said.innerText.trim()))"
        ".observe(said, {subtree: true, childList: true, characterData: true}); }"
    )
    window.ask("What is this?")
    assert window.page.locator("#tell-chat [role=log]").get_attribute("aria-live") == "off"
    assert window.page.locator("#tell-said [data-announce]").count() == 1
    heard = [words for words in window.page.evaluate("window.heard") if words]
    assert set(heard) == {ANSWER}


def test_a_browser_that_refuses_to_play_leaves_the_player(context, served):
    with context() as opened:
        opened.add_init_script(
            "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
        )
        window = Window(opened, served.url).open().with_picture()
        window.ask("What is this?")
        window.says("tell-voice", "Voice: Beeper")
        window.page.locator("#tell-audio audio").wait_for()
        assert window.errors == []
        assert not window.page.locator("[data-testid=toast-body]").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_answer_is_in_view_and_every_button_is_large_enough(context, served, scheme):
    with context(viewport={"width": 390, "height": 844}, color_scheme=scheme) as opened:
        window = Window(opened, served.url).open().with_picture()
        window.ask("What is this?")
        window.until(
            "() => { const place = document.querySelector('#tell-chat .from-bot').getBoundingClientRect();"
            " return place.top >= 0 && place.bottom <= innerHeight; }"
        )
        order = window.page.evaluate(
            "() => ['picture', 'chat', 'question'].map(id =>"
            " document.getElementById(`tell-${id}`).getBoundingClientRect().top)"
        )
        assert order == sorted(order)
        small = window.page.evaluate(
            "() => [...document.querySelectorAll('#tell-columns button, #tell-voices label')]"
            ".filter(each => each.offsetParent && Math.min(each.offsetHeight, each.offsetWidth) < 40)"
            ".map(each => each.id || each.className || each.innerText)"
        )
        assert small == []
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert re.search("Done", window.page.locator("#tell-status").inner_text())
