"""Every tab in every state, one after the other in the same window: each step yields the name of a state."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import EngineFailedError
from tests.accessibility.window import Window

States = Iterator[str]


def show(window: Window) -> States:
    """Empty, folded out, under way, done, refused, wrong, failed."""
    painter = window.painter
    yield "empty"
    note = window.page.locator("#header summary")
    note.click()
    yield "the note on the model unfolded"
    note.click()
    window.button("Advanced").click()
    window.page.get_by_role("spinbutton", name="Seed").wait_for()
    yield "Advanced open"
    window.button("Advanced").click()
    painter.middle.clear()
    window.make("a red apple", "step 2 of 4")
    yield "under way"
    painter.middle.set()
    window.says("done")
    yield "done"
    window.make("a naked woman", "refused")
    yield "refused"
    painter.breaks = EngineFailedError("The model broke.")
    window.make("a green apple", "the model broke")
    painter.breaks = None
    yield "failed"
    window.make("", "empty")
    yield "a field that is wrong"


def tell(window: Window) -> States:
    """Empty, with a picture, under way, answered, refused."""
    painter = window.painter
    window.tab("Tell")
    window.question.wait_for()
    yield "empty"
    window.question.fill("What is this?")
    window.question.press("Enter")
    window.says("add a picture")
    yield "without a picture"
    window.page.locator("#tell-examples button").first.click()
    window.says("a new picture")
    yield "a picture"
    painter.hold.clear()
    window.question.fill("What is this?")
    window.question.press("Enter")
    window.button("Cancel").wait_for()
    yield "under way"
    painter.hold.set()
    window.says("it is square.")
    window.says("done")
    yield "answered"
    window.question.fill("How to make a pipe bomb?")
    window.question.press("Enter")
    window.says("refused")
    yield "refused"


def library(window: Window) -> States:
    """The list, records of every outcome, nothing that fits."""
    window.tab("Library")
    window.text("What is this?").wait_for()
    yield "the list"
    for opened in ("a red apple", "What is this?", "a naked woman", "a green apple"):
        window.text(opened).click()
        window.page.get_by_role("heading", name=opened).wait_for()
        yield f"the record of {opened}"
    window.button("The whole record").click()
    yield "the whole record"
    search = window.panel.get_by_role("textbox").first
    search.fill("nothing like that")
    search.press("Enter")
    window.says("nothing fits")
    yield "nothing fits"


def dashboard(window: Window) -> States:
    """The figures, and the SQL behind one."""
    window.tab("Dashboard")
    window.page.get_by_role("heading", name="Runs by day").wait_for()
    yield "the figures"
    window.page.get_by_text("Show the SQL").first.click()
    yield "the SQL of one"


def admin(window: Window) -> States:
    """The lists, a person chosen, a question asked."""
    window.tab("Admin")
    window.page.get_by_role("heading", name="Settings").wait_for()
    yield "the lists"
    window.page.get_by_role("combobox", name="Person").click()
    window.page.get_by_role("option", name="creator-bea").wait_for()
    yield "the people unfolded"
    window.page.get_by_role("option", name="creator-bea").click()
    window.page.get_by_role("checkbox", name="Disabled").check()
    window.button("Change").click()
    window.button("Leave it").wait_for()
    yield "a change that waits for a yes"


def dialog(window: Window) -> States:
    """What Gradio tells programmers, and a message at the edge of the window."""
    window.button("Use via API").click()
    window.page.get_by_role("dialog").wait_for()
    yield "how to use it from a program"


JOURNEYS = (show, tell, library, dashboard, admin, dialog)
