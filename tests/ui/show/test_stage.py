"""The stage in a real browser: one state at a time, a grid that fills, and a page that finds everything again."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from benchmarks.program import free_port
from core.requests import GenerateRequest
from core.runs import Status
from tests import chromium
from tests.program import Painter, build
from tests.ui.conftest import serve, services_of

pytestmark = pytest.mark.browser
NAME = "creator-bob"
# What is visible of the stage: exactly one, always.
VISIBLE = """["words", "grid", "one"].filter(name => document.querySelector(`#show-stage .${name}`)?.offsetHeight)"""
DONE = "[...document.querySelectorAll('#show-pictures .tile > img')].filter(image => image.naturalWidth).length"


class House:
    """A program, its page and a window on it."""

    def __init__(self, program, served, context):
        self.program, self.served, self.context = program, served, context
        self.actor = program.actor(name=NAME)
        self.page = self.window()

    def window(self, query=""):
        page = self.context.new_page()
        page.set_default_timeout(45_000)
        page.goto(self.served.url + query)
        page.wait_for_selector("#show-prompt textarea")
        return page

    def submit(self, prompt="a fox", count=1, seed=7):
        return self.program.studio.submit(self.actor, GenerateRequest(prompt=prompt, count=count, seed=seed))

    def finish(self, **asked):
        return self.program.studio.result(self.actor, self.submit(**asked))


@contextmanager
def opened(browser, folder, port=None, context=None):
    program = build(folder, Painter())
    with serve(program, services_of(program), folder, port=port) as served:
        made = context or browser.new_context(extra_http_headers={"x-name": NAME}, locale="en-US")
        try:
            yield House(program, served, made)
        finally:
            program.painter.pause_after = None
            if context is None:
                made.close()


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as one:
        yield one


@pytest.fixture
def house(browser, tmp_path):
    with opened(browser, tmp_path) as one:
        yield one


def until(page, condition):
    page.wait_for_function(condition)


def says(page, words):
    until(page, f"document.querySelector('#show-status')?.innerText.includes({words!r})")


def caption(page, words):
    until(page, f"document.querySelector('#show-pictures .caption')?.innerText === {words!r}")


def visible(page):
    return page.evaluate(VISIBLE)


def test_the_grid_fills_opens_with_the_keyboard_and_never_vanishes(house):
    page, painter = house.page, house.program.painter
    until(page, f"({VISIBLE}).join() === 'words'")
    painter.pause_after = 2
    house.submit(count=4)
    page.reload()
    until(page, f"{DONE} === 2")
    assert visible(page) == ["grid"]
    assert page.locator("#show-pictures .tile").count() == 4, "places are kept for those to come"
    assert page.locator("#show-pictures .tile:enabled").count() == 2
    names = page.locator("#show-pictures .tile > img").evaluate_all("all => all.map(image => image.alt)")
    assert names == ["a fox, seed 7", "a fox, seed 8"]
    page.locator("#show-pictures .tile").nth(0).focus()
    page.keyboard.press("Enter")
    caption(page, "a fox, seed 7")
    assert visible(page) == ["one"]
    page.keyboard.press("ArrowRight")
    caption(page, "a fox, seed 8")
    page.keyboard.press("ArrowRight")
    painter.pause_after = None
    says(page, "seeds 7 to 10")
    assert visible(page) == ["one"], "what the reader opened stays open"
    page.keyboard.press("ArrowRight")
    caption(page, "a fox, seed 9")
    page.keyboard.press("Escape")
    assert visible(page) == ["grid"]
    assert page.evaluate("document.activeElement.className") == "tile"
    page.keyboard.press("Escape")
    assert visible(page) == ["grid"]
    assert page.evaluate(DONE) == 4


def test_one_picture_is_large_and_full_screen_is_the_whole_screen(house):
    house.finish()
    page = house.page
    page.reload()
    until(page, "document.querySelector('#show-pictures .frame img')?.naturalWidth")
    assert visible(page) == ["one"]
    page.locator("#show-pictures .frame img").click()
    page.keyboard.press("Escape")
    assert visible(page) == ["one"]
    page.locator("#show-pictures .full").click()
    until(page, "document.fullscreenElement")
    box = page.locator("#show-pictures .frame img").bounding_box()
    size = page.evaluate("[innerWidth, innerHeight]")
    assert [round(box["width"]), round(box["height"])] == size


def test_the_download_is_the_kept_file_of_the_opened_picture(house):
    run = house.finish(count=3)
    page = house.page
    page.reload()
    until(page, f"{DONE} === 3")
    page.locator("#show-pictures .tile").nth(2).click()
    caption(page, "a fox, seed 9")
    for _ in range(20):
        with page.expect_download() as saved:
            page.locator("#show-download").click()
        if saved.value.suggested_filename.endswith(" 9.png"):
            break
    kept = house.program.pictures.load(run.pictures[2].sha256).png
    assert saved.value.path().read_bytes() == kept


def test_a_stopped_run_keeps_its_pictures_on_the_stage_and_in_latest(house):
    page, painter = house.page, house.program.painter
    painter.pause_after = 3
    run_id = house.submit(count=4)
    page.reload()
    until(page, f"{DONE} === 3")
    page.locator("#show-cancel").click()
    says(page, "Stopped: 3 of 4 pictures kept")
    assert (visible(page), page.evaluate(DONE)) == (["grid"], 3)
    assert page.locator("#show-pictures .tile").count() == 3
    page.wait_for_selector("#show-strip img")
    assert not page.locator("#show-cancel").is_visible()
    assert house.program.log.get(run_id).status is Status.CANCELLED
    page.reload()
    says(page, "Stopped: 3 of 4 pictures kept")


def test_who_looks_at_an_older_picture_is_left_alone_and_finds_the_way_back(house):
    house.finish(prompt="an old fox")
    page, painter = house.page, house.program.painter
    page.reload()
    caption(page, "an old fox, seed 7")
    painter.pause_after = 0
    box = page.locator("#show-prompt textarea")
    box.fill("a new fox")
    box.press("Enter")
    until(page, "document.querySelector('#show-stage .stage').dataset.state === 'working'")
    page.locator("#show-strip img").first.click()
    caption(page, "an old fox, seed 7")
    assert visible(page) == ["one"]
    page.locator("#show-back").click()
    caption(page, "a new fox")
    assert not page.locator("#show-back").is_visible()
    page.locator("#show-strip img").first.click()
    caption(page, "an old fox, seed 7")
    page.wait_for_selector("#show-back")
    painter.pause_after = None
    until(page, "document.querySelectorAll('#show-strip img').length === 2")
    caption(page, "an old fox, seed 7")
    page.locator("#show-back").wait_for(state="hidden")


def test_an_address_that_leads_nowhere_is_one_sentence_on_the_stage(house):
    page = house.window("?run=" + "0" * 32)
    until(page, "/There is no run 0+/.test(document.querySelector('#show-stage .refusal')?.innerText || '')")
    page.wait_for_timeout(1500)
    assert page.locator(".toast-body").count() == 0


def test_a_second_window_and_a_reload_find_the_run_and_the_queue(house):
    house.program.painter.pause_after = 1
    house.submit(count=4)
    house.submit(prompt="a cat")
    for page in (house.window(), house.page):
        page.reload()
        until(page, f"{DONE} === 1")
        until(page, "document.querySelector('#show-make').innerText === 'Add to queue (3)'")
    house.program.painter.pause_after = None
    caption(house.page, "a cat, seed 7")
    last = house.window()
    caption(last, "a cat, seed 7")


def test_after_a_lost_connection_the_page_comes_back_by_itself(house):
    house.program.painter.pause_after = 1
    house.submit(count=4)
    page = house.page
    page.reload()
    until(page, f"{DONE} === 1")
    page.evaluate("window.before = true")
    house.context.set_offline(True)
    page.wait_for_timeout(7_000)
    house.context.set_offline(False)
    until(page, "!window.before")
    until(page, f"{DONE} === 1")
    until(page, "document.querySelector('#show-make').innerText === 'Add to queue (2)'")
    house.program.painter.pause_after = None
    says(page, "seeds 7 to 10")


@pytest.mark.parametrize("under_way", [True, False])
def test_after_a_restart_of_the_server_the_page_comes_back_by_itself(browser, tmp_path, under_way):
    port, context = free_port(), browser.new_context(extra_http_headers={"x-name": NAME}, locale="en-US")
    with opened(browser, tmp_path, port, context) as house:
        page = house.page
        house.program.painter.pause_after = 2 if under_way else None
        run_id = house.submit(count=4)
        page.reload()
        until(page, f"{DONE} === {2 if under_way else 4}")
        page.evaluate("window.before = true")
        house.program.studio.stop()
    with opened(browser, tmp_path, port, context) as again:
        until(page, "!window.before")
        until(page, f"{DONE} === 4")
        assert again.program.log.get(run_id).status is Status.DONE
        assert again.program.painter.painted == ([9, 10] if under_way else [])
    context.close()
