"""The pages beside the page: signing in, and the reference for programs."""

import pytest

from tests.accessibility.checks import everywhere

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_signing_in(page, program):
    page.goto(f"{program.url}/sign-in")
    assert everywhere(page) == []
    page.get_by_label("Owner’s key").fill("not the key")
    page.get_by_role("button", name="Continue as the owner").click()
    assert page.get_by_role("alert").inner_text()
    assert everywhere(page) == []


def test_the_reference(page, program):
    page.goto(f"{program.url}/docs")
    assert everywhere(page) == []
