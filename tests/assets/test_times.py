"""Times in the page, by the visitor's own clock and in their language, in a real browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import chromium
from ui.parts import markup

SCRIPT = Path("assets/page/times.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


@pytest.fixture
def shown(browser):
    opened = []

    def show(content, zone="UTC", language="en-GB"):
        context = browser.new_context(timezone_id=zone, locale=language)
        opened.append(context)
        page = context.new_page()
        page.set_content(f"<div>{content}</div><script>{SCRIPT}</script>")
        return page

    yield show
    for context in opened:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("UTC", "en-GB", "3 Nov 2020 23:30"),
        ("Europe/Berlin", "de-DE", "4. Nov. 2020 00:30"),
        ("America/New_York", "en-US", "Nov 3, 2020 06:30 PM"),
        ("Asia/Kolkata", "en-GB", "4 Nov 2020 05:00"),
    ],
)
def test_a_time_is_that_of_the_visitor(shown, zone, language, words):
    page = shown(markup.rows([{"latest": "2020-11-03T23:30:00.000Z"}]), zone, language)
    time = page.locator("time")
    assert time.inner_text().replace("\u202f", " ") == words
    assert time.get_attribute("title") == "2020-11-03 23:30 UTC"
    assert time.get_attribute("lang") == language


@pytest.mark.browser
def test_what_comes_later_is_shown_the_same_way(shown):
    page = shown("")
    now = datetime.now(UTC)
    page.evaluate(
        "times => { document.querySelector('div').innerHTML = times.map(t => `<time datetime='${t}'>?</time>`).join('') }",
        [(now - timedelta(days=days)).isoformat() for days in (0, 1)] + ["no time"],
    )
    times = page.locator("time")
    page.wait_for_function("document.querySelectorAll('time[data-shown]').length === 2")
    assert times.nth(0).inner_text().startswith("today ")
    assert times.nth(1).inner_text().startswith("yesterday ")
    assert times.nth(2).inner_text() == "?"
    page.evaluate("document.querySelector('time').setAttribute('datetime', '2020-01-02T03:04:05Z')")
    page.wait_for_function("document.querySelector('time').textContent === '2 Jan 2020 03:04'")
