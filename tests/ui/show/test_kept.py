"""The form in a browser: what was written is back, for the one who wrote it, and what is wrong is said at its field."""

from __future__ import annotations

import json

import pytest

from benchmarks.program import free_port
from core.people import Person
from core.requests import GenerateRequest
from server.accounts import passwords
from tests import chromium
from tests.program import build
from tests.served import served as whole_program
from tests.ui.conftest import serve, services_of

pytestmark = pytest.mark.browser

KEY = "/show-and-tell/show/1"


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


class Window:
    """One window on the page, that keeps what went wrong in it."""

    def __init__(self, context, url, query=""):
        self.context, self.url = context, url
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.open(query)

    def open(self, query=""):
        self.page.goto(f"{self.url}{query}")
        return self.filled()

    def reload(self):
        self.page.reload()
        return self.filled()

    def filled(self):
        """Wait until the form has what was kept."""
        self.page.wait_for_function(f"window.keptForms?.['{KEY}']?.who")
        return self

    def unfold(self):
        self.page.locator("#show-advanced > button").click()
        self.page.wait_for_selector("#show-seed input")
        return self

    def write(self, prompt="a red apple, half wr", seed=42):
        self.unfold()
        self.page.locator("#show-negative-prompt textarea").fill("text")
        self.page.locator("#show-style").get_by_text("Flat", exact=True).click()
        self.page.locator("#show-seed input").fill(str(seed))
        self.page.locator("#show-prompt textarea").fill(prompt)
        self.page.wait_for_function(f"localStorage.getItem('{KEY}')?.includes({json.dumps(prompt)})")
        return self

    @property
    def prompt(self):
        return self.page.locator("#show-prompt textarea").input_value()

    def is_back(self, prompt="a red apple, half wr", seed=42):
        self.page.wait_for_function(
            f"document.querySelector('#show-prompt textarea')?.value === {json.dumps(prompt)}"
            f" && document.querySelector('#show-active li')?.innerText.startsWith('Seed {seed}')"
            " && document.querySelector('#show-style .selected')?.innerText.trim() === 'Flat'"
        )
        self.unfold()
        assert self.page.locator("#show-negative-prompt textarea").input_value() == "text"
        assert self.page.locator("#show-seed input").input_value() == str(seed)
        assert self.problems == []

    def is_empty(self):
        assert self.prompt == ""
        assert self.page.locator("#show-active li").count() == 0
        assert self.problems == []

    def asked_wrong(self, field, words):
        """Make the picture, and find the message at the field."""
        self.page.locator("#show-make").click()
        self.page.wait_for_function(f"document.querySelector('#{field} .problem')?.innerText === {json.dumps(words)}")
        focus = "document.activeElement"
        assert self.page.evaluate(f"{focus}.closest('#{field}') !== null")
        assert self.page.evaluate(f"{focus}.getAttribute('aria-invalid')") == "true"
        note = self.page.evaluate(f"{focus}.getAttribute('aria-describedby').split(' ')[0]")
        assert self.page.locator(f"[id='{note}']").get_attribute("role") == "alert"
        assert self.page.locator(f"[id='{note}']").inner_text() == words


@pytest.fixture
def visit(browser, served):
    contexts = []

    def open_window(name, query="", url=served.url, **named):
        contexts.append(browser.new_context(extra_http_headers={"x-name": name}, locale="en-US", **named))
        return Window(contexts[-1], url, query)

    yield open_window
    for context in contexts:
        context.close()


def test_a_reload_and_a_second_window_bring_everything_back(visit):
    window = visit("creator-kept").write()
    window.reload().is_back()
    Window(window.context, window.url).is_back()
    window.page.locator("#show-prompt textarea").fill("written last, here")
    second = Window(window.context, window.url).write("written later, there", 7)
    window.reload()
    window.page.wait_for_function("document.querySelector('#show-prompt textarea').value === 'written last, here'")
    assert second.problems == []


def test_what_is_written_while_the_connection_is_lost_is_back(visit):
    window = visit("creator-offline").write("before")
    window.context.set_offline(True)
    window.page.locator("#show-prompt textarea").fill("while it was away")
    window.page.wait_for_function(f"localStorage.getItem('{KEY}').includes('while it was away')")
    window.context.set_offline(False)
    window.reload().is_back("while it was away")


def test_a_restart_of_the_server_loses_nothing(browser, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("restart"), free_port()
    with browser.new_context(extra_http_headers={"x-name": "creator-1"}, locale="en-US") as context:
        program = build(folder)
        with serve(program, services_of(program), folder, port=port) as first:
            window = Window(context, first.url).write()
        program = build(folder)
        with serve(program, services_of(program), folder, port=port) as second:
            assert second.url == first.url
            window.reload().is_back()


def test_somebody_else_sees_nothing_of_it_and_takes_it_out_of_the_browser(visit):
    window = visit("creator-ann").write("a secret")
    window.context.set_extra_http_headers({"x-name": "creator-bob"})
    window.reload().is_empty()
    assert not window.page.evaluate(
        "JSON.stringify([Object.values(localStorage), Object.values(sessionStorage)])"
    ).count("secret")
    window.context.set_extra_http_headers({"x-name": "creator-ann"})
    window.reload().is_empty()


@pytest.mark.parametrize(
    "kept",
    [
        *("{", "[" * 40_000, "null", '{"who": 1, "values": {}}', "x" * 60_000),
        '{"who": "WHO", "values": {"style": "<img src=x onerror=alert(1)>", "model": "gone", "count": 99}}',
        '{"who": "WHO", "values": {"prompt": {"__type__": "update", "visible": false}, "steps": [1], "base_only": 7}}',
    ],
)
def test_garbage_in_the_storage_is_left_out_quietly(visit, kept):
    window = visit("creator-garbage")
    who = window.page.evaluate(f"window.keptForms['{KEY}'].who")
    window.page.evaluate(
        "([key, text]) => { sessionStorage.clear(); localStorage.setItem(key, text); }", [KEY, kept.replace("WHO", who)]
    )
    window.reload().is_empty()
    assert window.page.locator(".toast-wrap .toast-body").count() == 0
    window.write().reload().is_back()


def test_a_storage_that_is_forbidden_or_full_is_no_error(visit):
    window = visit("creator-forbidden")
    window.page.add_init_script(
        "for (const name of ['setItem', 'getItem', 'removeItem'])"
        " Storage.prototype[name] = () => { throw new DOMException('no', 'QuotaExceededError'); };"
    )
    window.reload()
    window.page.locator("#show-prompt textarea").fill("a fox")
    window.page.locator("#show-make").click()
    window.page.wait_for_selector("#show-pictures img")
    window.reload().is_empty()


def test_whoever_is_quicker_than_the_server_keeps_what_they_wrote(visit):
    window = visit("creator-quick").write()
    held = []

    def hold(route):
        held.append(route)

    window.page.route("**/queue/join*", hold)
    window.page.reload()
    window.page.locator("#show-prompt textarea").fill("quick")
    window.page.wait_for_function("Object.keys(window.keptForms || {}).length > 0")
    assert held, "nothing was held back: the form was filled in before"
    window.page.unroute("**/queue/join*")
    window.filled()
    window.is_back("quick")


def test_an_address_and_the_library_win_over_what_was_kept(visit, served):
    program = served.program
    actor = program.actor(name="creator-lib")
    request = GenerateRequest(prompt="two cats", seed=9, style="flat", negative_prompt="text")
    run_id = program.studio.submit(actor, request)
    program.studio.result(actor, run_id)
    window = visit("creator-lib").write()
    window.open(f"?run={run_id}").is_back("two cats", 9)
    window.page.locator("#show-prompt textarea").fill("two dogs")
    window.page.wait_for_function(f"localStorage.getItem('{KEY}').includes('two dogs')")
    window.reload().is_back("two dogs", 9)
    window.open().page.get_by_role("tab", name="Library", exact=True).click()
    window.page.locator("#library-list .open").first.click()
    window.page.locator("#library-load").click()
    window.page.wait_for_function("document.querySelector('#show-pictures .caption')?.innerText === 'two cats, seed 9'")
    window.page.wait_for_function("document.querySelector('#show-prompt textarea').value === 'two cats'")
    window.page.get_by_role("button", name="Remove the fixed seed").click()
    window.page.wait_for_selector("#show-active li", state="detached")
    assert window.page.evaluate("document.activeElement.closest('#show-prompt') !== null")
    window.page.wait_for_function(f"JSON.parse(localStorage.getItem('{KEY}')).values.seed === -1")
    assert window.problems == []


def test_a_visitor_sees_where_the_form_ends_and_why(visit):
    window = visit("guest-limits").unfold()
    count = window.page.locator("#show-count")
    count.get_by_text("Visitors: up to 2 pictures at once. Sign in for more.").wait_for()
    assert count.locator("input[type=number]").get_attribute("max") == "2"
    count.locator("input[type=number]").fill("8")
    window.page.locator("#show-prompt textarea").click()
    count.get_by_text("Set to 2. This takes 1 to 2.").wait_for()
    count.locator("input[type=number]").fill("1")
    window.page.wait_for_selector("#show-count .problem", state="detached")


def test_what_is_wrong_is_said_at_its_field_and_gone_when_it_is_mended(visit):
    window = visit("creator-wrong")
    window.page.locator("#show-prompt textarea").fill("a fox")
    window.page.locator("#show-make").click()
    window.page.wait_for_selector("#show-pictures img")
    box = window.page.locator("#show-prompt textarea")
    box.fill("")
    window.asked_wrong("show-prompt", "Write what you want to see.")
    assert window.page.locator("#show-pictures img").first.is_visible(), "the picture stays"
    box.press_sequentially("a")
    assert window.page.locator("p.problem").count() == window.page.locator("[aria-invalid]").count() == 0
    box.fill("")
    window.asked_wrong("show-prompt", "Write what you want to see.")
    window.page.locator("#show-examples button").first.click()
    window.page.wait_for_selector("#show-prompt .problem", state="detached")
    window.unfold()
    steps = window.page.locator("#show-steps input")
    for wrong, said in (
        ("7000", "This is too high. Use a whole number from 1 to 150."),
        ("-3", "This is too low. Use a whole number from 1 to 150."),
        ("7.5", "This is no whole number. Use a whole number from 1 to 150."),
    ):
        steps.fill(wrong)
        window.asked_wrong("show-steps", said)
    steps.fill("")
    steps.press_sequentially("1e")
    window.asked_wrong("show-steps", "This is no number. Write a whole number from 1 to 150.")
    # Folded away again, the field comes back with its message.
    steps.fill("7000")
    window.page.locator("#show-advanced > button").click()
    window.asked_wrong("show-steps", "This is too high. Use a whole number from 1 to 150.")
    assert window.problems == []


def test_signing_out_takes_the_words_out_of_the_browser(browser, tmp_path_factory):
    with (
        whole_program(tmp_path_factory.mktemp("out")) as program,
        browser.new_context(locale="en-US") as context,
    ):
        for name in ("ann", "bob"):
            program.people.add(Person(name=name, role="creator"), passwords.hashed("a long enough passphrase"))
        page = context.new_page()
        page.set_default_timeout(60_000)

        def sign_in(name):
            page.goto(f"{program.url}/sign-in")
            page.locator("input[name=name]").fill(name)
            page.locator("input[name=password]").fill("a long enough passphrase")
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_function(f"window.keptForms?.['{KEY}']?.who")

        sign_in("ann")
        page.locator("#show-prompt textarea").fill("a secret")
        page.wait_for_function(f"localStorage.getItem('{KEY}')?.includes('a secret')")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_selector("#header >> text=visitor")
        page.wait_for_function(f"window.keptForms?.['{KEY}']?.who")
        assert page.locator("#show-prompt textarea").input_value() == ""
        assert "secret" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        sign_in("bob")
        assert page.locator("#show-prompt textarea").input_value() == ""
