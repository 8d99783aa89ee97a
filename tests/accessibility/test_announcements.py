"""What is read out of a run of many steps: its quarters and its end, never more than one sentence a second."""

from itertools import pairwise

import pytest

pytestmark = pytest.mark.browser

# Every change of words in a live region, with its time in milliseconds. What only takes words away is read by nobody.
WATCH = """
window.announced = [];
const LIVE = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]:not([aria-live=off])";
new MutationObserver(changes => {
  const said = new Map();
  for (const change of changes) {
    const element = change.target.nodeType === 1 ? change.target : change.target.parentElement;
    const inside = change.type === 'childList'
      ? [...change.addedNodes].flatMap(each => each.querySelectorAll ? [each, ...each.querySelectorAll('*')] : [])
      : [];
    for (const region of [element?.closest(LIVE), ...inside.filter(each => each.matches(LIVE))])
      if (region?.textContent.trim()) said.set(region, region.textContent.trim());
  }
  for (const words of said.values()) window.announced.push({at: performance.now(), words});
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


@pytest.fixture(scope="module")
def opened(window):
    window.page.add_init_script(WATCH)
    window.open()
    return window


def announced(window):
    """Return what was read out so far, and forget it."""
    # The last sentence may still wait for its second.
    window.page.wait_for_timeout(1_500)
    return window.page.evaluate("window.announced.splice(0)")


def crowded(said):
    return [(first, then) for first, then in pairwise(said) if then["at"] - first["at"] < 990]


def test_a_run_of_many_steps(opened):
    announced(opened)
    opened.painter.seconds_per_step = 0.1
    opened.button("Advanced").click()
    opened.page.get_by_role("spinbutton", name="Steps").fill("60")
    opened.make("a red apple", "done")
    opened.painter.seconds_per_step = 0.0
    said = announced(opened)
    words = [each["words"] for each in said]
    assert crowded(said) == []
    steps = [each for each in words if "of 60" in each]
    assert 1 <= len(steps) <= 3, words
    assert any("Done" in each for each in words[-1:]), words


def test_an_answer_is_read_out_whole(opened):
    opened.painter.answer = " ".join(f"Sentence {number} is short." for number in range(30))
    opened.button("Ask about it").click()
    opened.question.fill("What is this?")
    announced(opened)
    opened.question.press("Enter")
    opened.says("sentence 29 is short.")
    opened.says("done")
    said = announced(opened)
    assert crowded(said) == []
    read = " ".join(each["words"] for each in said)
    assert all(f"Sentence {number} is short." in read for number in range(30)), read


def test_the_line_itself_is_quicker_than_what_is_read_out(opened):
    assert opened.page.locator("[data-announce]").count() >= 1
    assert opened.page.locator("[data-announce][role=status], [data-announce][aria-live]").count() == 0


def test_a_refusal_is_read_out(opened):
    opened.tab("Show")
    announced(opened)
    opened.make("a naked woman", "refused")
    said = announced(opened)
    assert any("Refused" in each["words"] for each in said), said
    assert crowded(said) == []
