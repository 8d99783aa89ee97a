"""Headless Chromium in the Library of the real program: on a phone, by keyboard, and deleting.

Set SCREENSHOTS to a folder to keep the pictures it takes.
"""

import os
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file

from tests import chromium

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
WORDS = [f"a red apple number {number}" for number in range(14)]


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(program):
    return Client(program.url, headers=program.owner, verbose=False, token=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def kept(client):
    """Fill the Library; return the records of the pictures, newest first."""
    made = [client.predict(prompt=words, steps=1, api_name="/generate")[1] for words in WORDS]
    return made[::-1]


@pytest.fixture
def visit(browser, program, kept):
    opened = []

    def open_library(viewport, dark=False):
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en-US", has_touch=True)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(program.entry)
        page.goto(f"{program.url}/?__theme={scheme}&tab=library")
        page.wait_for_selector("#library-list .entries li:nth-child(8)")
        return page

    yield open_library
    for context in opened:
        context.close()


def picture(page, name):
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(700)
        page.screenshot(path=f"{folder}/{name}.png")


def status(page, words):
    page.wait_for_function("words => document.querySelector('#library-status').innerText.startsWith(words)", arg=words)


def focus(page):
    return page.evaluate("document.activeElement.innerText.trim().split('\\n')[0]")


def on_screen(page, selector):
    return page.locator(selector).first.evaluate(
        "one => { const box = one.getBoundingClientRect();"
        " return box.height > 0 && box.bottom > 0 && box.top < innerHeight; }"
    )


@pytest.mark.parametrize("back", ["button", "browser"])
def test_on_a_phone_the_record_takes_the_place_of_the_list_and_gives_it_back(visit, back):
    page = visit(PHONE)
    assert "entries" in page.inner_text("#library-status")
    entry = page.locator("#library-list .open").nth(10)
    entry.scroll_into_view_if_needed()
    before, words = page.evaluate("scrollY"), entry.locator(".words").inner_text()
    assert before > 0
    entry.tap()
    status(page, f"Opened: {words}")
    page.wait_for_function("() => document.activeElement.matches('#library-facts h3')")
    assert focus(page) == words
    assert on_screen(page, "#library-facts h3")
    assert not page.locator("#library-list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"library-phone-record-{back}")
    if back == "button":
        page.locator("#library-back").tap()
    else:
        page.go_back()
    page.wait_for_function("() => document.activeElement.matches('#library-list .open')")
    assert focus(page) == words
    assert abs(page.evaluate("scrollY") - before) < 2
    assert not page.locator("#library-facts").is_visible()
    assert page.problems == []


@pytest.mark.parametrize("dark", [False, True])
def test_what_a_finger_has_to_meet_is_large_enough(visit, dark):
    page = visit(PHONE, dark=dark)
    page.locator("#library-list .choose").tap()
    picture(page, f"library-phone-choose-{'dark' if dark else 'light'}")
    small = """places => places.flatMap(place => [...document.querySelectorAll(place)])
        .map(one => [one.id || one.className, one.getBoundingClientRect()])
        .filter(([_, box]) => box.height && (box.height < 40 || box.width < 40))
        .map(([name, box]) => [name, box.width, box.height])"""
    places = [
        "#library-list button",
        "#library-list label",
        "#library-everything",
        "#library-back",
        "#library-search textarea",
    ]
    assert page.evaluate(small, places) == []
    page.locator("#library-list .open").first.tap()
    page.wait_for_selector("#library-facts h3")
    page.locator("#library-delete").tap()
    page.wait_for_selector("#library-confirm")
    assert page.evaluate(small, ["#library-record .next button", "#library-removal button"]) == []
    picture(page, f"library-phone-question-{'dark' if dark else 'light'}")


def test_the_list_is_walked_by_keyboard_and_the_record_stands_beside_it(visit, kept):
    page = visit(WIDE)
    page.locator("#library-list .open").first.focus()
    for key, row in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", -1), ("Home", 0)):
        page.keyboard.press(key)
        rows = page.locator("#library-list .open .words").all_inner_texts()
        assert focus(page) == rows[row]
    page.keyboard.press("Enter")
    status(page, "Opened:")
    assert on_screen(page, "#library-facts h3")
    assert page.locator("#library-list").is_visible()
    assert page.locator("#library-list .open[aria-current=true]").count() == 1
    assert page.locator("#library-run-pictures img").first.get_attribute("alt").startswith("a red apple")
    page.locator("#library-list .look").click()
    assert page.locator("#library-list .look").get_attribute("aria-pressed") == "true"
    picture(page, "library-wide-pictures")
    page.locator("#library-search textarea").fill("number 3")
    page.locator("#library-search textarea").press("Enter")
    status(page, "1 entry")
    assert page.problems == []


def test_one_entry_and_then_several_are_deleted(visit, program, client, kept):
    page = visit(WIDE)
    rows = page.locator("#library-list .open")
    before, words = rows.count(), rows.nth(1).locator(".words").inner_text()
    address = page.locator("#library-list img").nth(1).get_attribute("src")
    rows.nth(1).click()
    status(page, f"Opened: {words}")
    page.locator("#library-delete").click()
    page.wait_for_function("() => document.activeElement.id === 'library-keep'")
    assert page.inner_text("#library-question") == "Delete this picture and its record? This cannot be undone."
    picture(page, "library-wide-question")
    page.keyboard.press("Enter")
    page.wait_for_selector("#library-question", state="hidden")
    assert rows.count() == before
    page.locator("#library-delete").click()
    page.locator("#library-confirm").click()
    status(page, "Deleted 1 entry.")
    page.wait_for_function("rows => document.querySelectorAll('#library-list .open').length === rows", arg=before - 1)
    assert words not in rows.locator(".words").all_inner_texts()
    assert httpx.get(f"{program.url}{address}", headers=program.owner).status_code == 404
    page.locator("#library-list .choose").click()
    for row in (0, 2):
        page.locator("#library-list .pick input").nth(row).check()
    page.locator("#library-list .remove").click()
    page.wait_for_selector("#library-confirm")
    assert page.inner_text("#library-question").startswith("Delete these 2 entries")
    page.locator("#library-confirm").click()
    status(page, "Deleted 2 entries.")
    page.wait_for_function("rows => document.querySelectorAll('#library-list .open').length === rows", arg=before - 3)
    assert page.problems == []


def test_a_talk_is_opened_and_everything_goes_after_the_word(visit, program, client, kept):
    files, _ = client.predict(prompt="a star", steps=1, api_name="/generate")
    client.predict(image=handle_file(files[0]), question="What is this?", speak=True, api_name="/ask")
    page = visit(WIDE)
    page.locator("#library-list .open").first.click()
    status(page, "Opened: What is this?")
    voice = page.locator("#library-facts audio")
    sound = httpx.get(f"{program.url}{voice.get_attribute('src')}", headers=program.owner)
    assert sound.headers["content-type"].startswith("audio/")
    assert page.locator("#library-talk").is_visible()
    picture(page, "library-wide-talk")
    page.locator("#library-everything").click()
    page.locator("#library-typed textarea").fill("no")
    page.locator("#library-confirm").click()
    status(page, "Nothing was deleted")
    page.locator("#library-typed textarea").fill("delete")
    page.locator("#library-typed textarea").press("Enter")
    status(page, "Deleted everything")
    page.wait_for_selector("#library-empty .empty")
    assert page.locator("#library-list .open").count() == 0
    assert client.predict(api_name="/history") == []
    assert page.problems == []
