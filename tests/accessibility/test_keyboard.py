"""A whole visit by keyboard alone: everything can be reached and worked, and the focus is never lost."""

import re

import pytest

from tests.accessibility.window import MAKE

pytestmark = pytest.mark.browser

# Notes whenever nothing has had the focus for three tenths of a second, and what had it before.
WATCH = """
window.lost = [];
let last = '', empty = 0;
document.addEventListener('focusin', event => {
  last = event.target.ariaLabel || event.target.textContent.trim().slice(0, 40) || event.target.id;
});
setInterval(() => {
  empty = last && document.activeElement === document.body ? empty + 1 : 0;
  if (empty === 3) window.lost.push(last);
}, 100);
"""

NOW = """() => {
  const now = document.activeElement;
  return {
    name: now.ariaLabel || now.labels?.[0]?.innerText.trim() || now.innerText?.trim() || '',
    id: now.id, role: now.role || '', tag: now.tagName, type: now.type ?? '', checked: now.checked ?? null,
    place: now.closest('[id]')?.id ?? '',
    ring: now.matches(':focus-visible') && (parseFloat(getComputedStyle(now).outlineWidth) >= 2
      || now.closest('label') && parseFloat(getComputedStyle(now.closest('label')).outlineWidth) >= 2),
  };
}"""


class Keys:
    """Ten fingers and no mouse."""

    def __init__(self, window):
        self.window, self.page = window, window.page

    @property
    def now(self):
        return self.page.evaluate(NOW)

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def reach(self, name, key="Tab", most=60):
        """Go on with Tab until the element of this name has the focus; each stop on the way shows that it has it."""
        pattern = re.compile(name) if isinstance(name, str) else name
        passed = []
        for _ in range(most):
            self.press(key)
            now = self.now
            passed.append(now["name"] or now["tag"])
            assert now["tag"] != "BODY", passed
            assert now["ring"], f"nobody sees that {now} has the focus"
            if pattern.search(now["name"]):
                return now
        raise AssertionError(f"no {name} among {passed}")

    def kept(self):
        """Return what has the focus; it is not lost, and was not lost on the way here."""
        self.page.wait_for_timeout(400)
        now = self.now
        assert self.page.evaluate("window.lost.splice(0)") == []
        assert now["tag"] != "BODY"
        return now

    def type(self, words):
        self.page.keyboard.type(words)


@pytest.fixture(scope="module")
def keys(window):
    window.page.add_init_script(WATCH)
    window.open()
    return Keys(window)


@pytest.fixture(autouse=True)
def nothing_lost_yet(keys):
    keys.page.evaluate("window.lost.splice(0)")


def test_show(keys):
    window = keys.window
    assert keys.now["place"] == "show-prompt", "the prompt has the focus from the start"
    window.painter.middle.clear()
    keys.type("a red apple")
    keys.press("Enter")
    window.says("step 2 of 4")
    keys.reach("^Cancel$")
    keys.press("Enter")
    window.says("cancelled")
    assert keys.kept()["place"] in {"show-make", "show-send"}, "beside the button that vanished"
    window.painter.middle.set()
    if not MAKE.search(keys.now["name"]):
        keys.reach(MAKE, "Shift+Tab")
    keys.press("Enter")
    window.says("done")
    keys.kept()
    keys.reach("^Vary$")
    keys.press("Enter")
    window.page.wait_for_timeout(500)
    window.says("done")
    keys.kept()


def test_arrows_move_within_a_group_and_tab_leaves_it(keys):
    keys.window.prompt.focus()
    shape = keys.reach("^Square$")
    assert shape["checked"]
    keys.press("ArrowRight")
    now = keys.now
    assert (now["name"], now["checked"]) == ("Portrait", True)
    keys.press("ArrowRight", 2)
    assert (keys.now["name"], keys.now["checked"]) == ("Square", True)
    keys.press("Tab")
    assert keys.now["type"] != "radio", "one stop for the whole group"
    group = keys.page.get_by_role("radiogroup", name="Shape")
    assert group.get_by_role("radio", checked=True).count() == 1
    keys.kept()


def test_arrows_move_between_the_tabs(keys):
    keys.window.prompt.focus()
    keys.reach("^Show$", "Shift+Tab")
    for key, name in (
        ("ArrowRight", "Tell"),
        ("End", "Admin"),
        ("ArrowRight", "Show"),
        ("ArrowLeft", "Admin"),
        ("Home", "Show"),
    ):
        keys.press(key)
        assert keys.now["name"] == name
        assert keys.page.get_by_role("tab", name=name, selected=True).count() == 1
        keys.kept()
    keys.press("Shift+Tab")
    assert keys.now["role"] != "tab", "one stop for all tabs"


def test_a_way_past_the_header(keys):
    keys.window.tab("Show")
    keys.press("Shift+Tab", 12)
    keys.page.evaluate("document.querySelector('a').focus()")
    keys.press("Enter")
    assert keys.kept()["id"] == "show-result"
    keys.window.tab("Library")
    keys.page.evaluate("document.querySelector('a').focus()")
    assert keys.now["name"] == "Skip to the content"
    keys.press("Enter")
    assert keys.kept()["role"] == "tabpanel"


def test_tell(keys):
    window = keys.window
    window.tab("Show")
    keys.reach("^Ask about it$")
    keys.press("Enter")
    window.question.wait_for()
    now = keys.kept()
    assert now["role"] == "tabpanel" or now["place"].startswith("tell-"), "what was sent is where the focus goes"
    keys.reach("^Your question$")
    keys.type("What is this?")
    keys.press("Enter")
    window.says("it is square.")
    window.says("done")
    keys.kept()
    keys.reach("^Ask$")
    keys.press("Enter")
    keys.kept()
    keys.reach("^Clear$", "Shift+Tab")
    keys.press("Enter")
    window.says("starts afresh")
    keys.kept()
    keys.reach("^(Remove|Clear)", "Shift+Tab")
    keys.press("Enter")
    window.page.wait_for_function("() => !document.querySelector('#tell-picture img')")
    keys.kept()


def test_library_and_what_it_sends(keys):
    window = keys.window
    window.tab("Library")
    keys.reach("a red apple")
    keys.press("Enter")
    window.button("Load into the form").wait_for()
    keys.kept()
    keys.reach("^Load into the form$")
    keys.press("Enter")
    window.prompt.wait_for()
    now = keys.kept()
    assert now["role"] == "tabpanel" or now["place"].startswith("show-")
    assert window.prompt.input_value() == "a red apple"


def test_dashboard_is_filled_anew_around_the_focus(keys):
    window = keys.window
    window.tab("Dashboard")
    window.page.get_by_role("heading", name="Runs by day").wait_for()
    keys.reach("^30 days$")
    keys.press("ArrowRight")
    assert (keys.now["name"], keys.now["checked"]) == ("A year", True)
    keys.kept()
    keys.reach("^Refresh$")
    keys.press("Enter")
    assert keys.kept()["name"] == "Refresh"
    keys.reach("^Show the SQL$")
    keys.press("Enter")
    keys.reach("^Refresh$", "Shift+Tab")
    keys.press("Enter")
    keys.kept()


def test_the_dialog_takes_the_focus_and_gives_it_back(keys):
    button = keys.window.button("Use via API")
    button.focus()
    keys.press("Enter")
    dialog = keys.page.get_by_role("dialog")
    dialog.wait_for()
    keys.page.wait_for_function("() => document.activeElement.closest('[role=dialog]')")
    keys.press("Tab", 3)
    keys.press("Escape")
    dialog.wait_for(state="detached")
    assert keys.kept()["name"] == "Use via API"


def test_what_is_unfolded_goes_with_escape(keys):
    note = keys.page.locator("#header summary")
    note.focus()
    keys.press("Enter")
    assert keys.page.locator("#header details").get_attribute("open") is not None
    keys.press("Escape")
    assert keys.page.locator("#header details").get_attribute("open") is None
    keys.kept()
