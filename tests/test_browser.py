"""Headless Chromium drives the real program: Show, Tell, Library; wide, on a phone, dark.

Set SCREENSHOTS to a folder to keep the pictures it takes.
"""

import os
from pathlib import Path

import pytest

from tests import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


class Visitor:
    """One window on the program, that keeps what went wrong in it."""

    def __init__(self, browser, program, width=1280, height=900, dark=False):
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-US"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.problems, self.foreign = [], []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._look(request.url, program.url))
        self.page.goto(program.entry)
        # The theme follows the address, and the address outlives a reload.
        self.page.goto(f"{program.url}/?__theme={scheme}")
        self.page.wait_for_selector("#show-prompt textarea")

    def _look(self, url, home):
        if not chromium.own(url, home):
            self.foreign.append(url)

    def tab(self, name):
        self.page.get_by_role("tab", name=name, exact=True).click()

    def make(self, prompt):
        box = self.page.locator("#show-prompt textarea")
        box.fill(prompt)
        box.press("Enter")
        self.page.wait_for_function(
            "() => /done/i.test(document.querySelector('#show-status')?.innerText || '')", timeout=120_000
        )

    def ask(self, question):
        answers = self.page.locator("#tell-chat .bot")
        before = answers.count()
        box = self.page.locator("#tell-question textarea")
        box.fill(question)
        box.press("Enter")
        self.page.wait_for_function(
            f"() => document.querySelectorAll('#tell-chat .bot').length > {before}"
            " && /done|answered/i.test(document.querySelector('#tell-status')?.innerText || '')",
            timeout=120_000,
        )
        return answers.last.inner_text()

    def picture(self, name):
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(700)
            self.page.screenshot(path=f"{folder}/{name}.png")

    def fits(self):
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def close(self):
        self.context.close()


@pytest.fixture
def visit(browser, program):
    opened = []

    def open_window(**named):
        opened.append(Visitor(browser, program, **named))
        return opened[-1]

    yield open_window
    for window in opened:
        window.close()


def test_from_words_to_a_picture_an_answer_and_the_library(visit):
    window = visit()
    assert window.page.evaluate("document.activeElement.closest('#show-prompt') !== null"), "the prompt has the focus"
    window.picture("show-empty")
    window.page.wait_for_selector("#header .model.ready")
    window.make("a red apple")
    window.page.wait_for_selector("#show-pictures img")
    window.picture("show")
    window.page.locator("#show-ask").click()
    window.page.wait_for_selector("#tell-picture img")
    answer = window.ask("What is this?")
    assert answer.strip()
    second = window.ask("What colour is the background?")
    assert second.strip()
    window.picture("tell")
    window.tab("Library")
    window.page.wait_for_selector("#library-list .open img")
    assert window.page.get_by_text("a red apple").count() >= 1
    window.picture("library")
    window.tab("Dashboard")
    window.page.wait_for_timeout(1500)
    window.picture("dashboard")
    window.tab("Admin")
    window.page.wait_for_timeout(1000)
    window.picture("admin")
    assert window.problems == []
    assert window.foreign == []


def test_enter_makes_and_shift_enter_breaks_the_line(visit):
    window = visit()
    box = window.page.locator("#show-prompt textarea")
    box.fill("a fox")
    box.press("Shift+Enter")
    box.type("on blue")
    assert box.input_value() == "a fox\non blue"


def test_an_empty_prompt_gets_a_sentence_and_no_stack(visit):
    window = visit()
    window.page.locator("#show-make").click()
    window.page.wait_for_selector("#show-prompt >> text=Write what you want to see.")
    assert "Traceback" not in window.page.content()


def test_a_reload_comes_back_to_the_running_run(visit):
    window = visit()
    window.page.locator("#show-advanced").click()
    window.page.locator("#show-count input[type=number]").fill("8")
    box = window.page.locator("#show-prompt textarea")
    box.fill("a green frog")
    box.press("Enter")
    window.page.wait_for_function(
        "() => /step|ahead|base/i.test(document.querySelector('#show-status')?.innerText || '')"
    )
    window.page.reload()
    window.page.wait_for_function(
        "() => /done/i.test(document.querySelector('#show-status')?.innerText || '')", timeout=120_000
    )
    assert window.page.locator("#show-pictures img").count() >= 1


@pytest.mark.parametrize(("name", "named"), [("phone", {"width": 390, "height": 844}), ("dark", {"dark": True})])
def test_it_fits_a_phone_and_the_dark(visit, name, named):
    window = visit(**named)
    assert window.fits()
    window.make("a fox on a blue background")
    window.picture(f"show-{name}")
    window.page.locator("#show-ask").click()
    window.page.wait_for_selector("#tell-picture img")
    window.ask("What is this?")
    assert window.fits()
    window.picture(f"tell-{name}")
    window.tab("Library")
    window.page.wait_for_selector("#library-list .open img")
    assert window.fits()
    # A label that is cut off still fits, and nobody can read it.
    assert window.page.locator("#library-everybody").evaluate("box => box.scrollWidth <= box.clientWidth")
    window.picture(f"library-{name}")
    assert window.problems == []
    assert window.foreign == []
