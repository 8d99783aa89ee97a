"""A window on the page, found by roles and names as people with a screen reader find their way."""

from __future__ import annotations

import re
from typing import Any

from tests import chromium
from tests.ui.conftest import Served

ADMIN = "admin-ada"

MAKE = re.compile(r"^(Make the picture|Add to queue)")


class Window:
    """An admin's window, that keeps what went wrong in it."""

    def __init__(self, browser: Any, served: Served, **named: Any) -> None:
        self.served = served
        self.painter = served.program.painter
        self.context = browser.new_context(
            extra_http_headers={"x-name": ADMIN},
            locale="en-US",
            viewport={"width": 1440, "height": 900},
            color_scheme="light",
            # What fades in has no contrast yet.
            reduced_motion="reduce",
            **named,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(150_000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._look(request.url))

    def _look(self, url: str) -> None:
        if not chromium.own(url, self.served.url.rstrip("/")):
            self.problems.append(f"a request to {url}")

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.served.url}{query}")
        self.prompt.wait_for()
        self.page.get_by_role("tab", name="Admin").wait_for()

    def tab(self, name: str) -> None:
        tab = self.page.get_by_role("tab", name=name, exact=True)
        tab.click()
        self.page.get_by_role("tab", name=name, exact=True, selected=True).wait_for()

    @property
    def panel(self) -> Any:
        return self.page.get_by_role("tabpanel")

    def button(self, name: Any) -> Any:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def text(self, words: str) -> Any:
        """Return the first place of the tab that shows exactly these words."""
        return self.panel.get_by_text(words, exact=True).locator("visible=true").first

    @property
    def prompt(self) -> Any:
        return self.page.get_by_role("textbox", name="What do you want to see?")

    @property
    def question(self) -> Any:
        return self.page.get_by_role("textbox", name="Your question")

    def says(self, words: str) -> None:
        """Wait until these words are to be seen."""
        self.page.wait_for_function(
            "words => [...document.querySelectorAll('[role=tabpanel]')].some(each => each.checkVisibility()"
            " && each.innerText.toLowerCase().includes(words))",
            arg=words.lower(),
        )

    def make(self, prompt: str, until: str) -> None:
        """Ask for a picture and wait for these words."""
        self.prompt.fill(prompt)
        self.prompt.press("Enter")
        self.says(until)
