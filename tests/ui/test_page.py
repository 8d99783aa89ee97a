"""Which tab is in front."""

from __future__ import annotations

import pytest

from tests import chromium


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize(("query", "front"), [("", "Tell"), ("?tab=library", "Library")])
def test_a_tab_opened_while_the_page_loads_stays_unless_the_address_names_another(browser, served, query, front):
    context = browser.new_context(extra_http_headers={"x-name": "creator"})
    page = context.new_page()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/queue/join*", hold)
    page.goto(f"{served.url}{query}")
    tell = page.get_by_role("tab", name="Tell", exact=True)
    tell.click()
    page.wait_for_timeout(500)
    assert tell.get_attribute("aria-selected") == "true"
    assert held, "nothing was held back: the page had loaded before"
    with page.expect_response("**/queue/data*"):
        page.unroute("**/queue/join*")
    page.wait_for_timeout(3000)
    assert page.get_by_role("tab", name=front, exact=True).get_attribute("aria-selected") == "true"
    context.close()
