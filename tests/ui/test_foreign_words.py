"""Everything that comes from outside is words, in every place of the page that shows any."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import gradio as gr
import pytest

from core.requests import AskRequest, GenerateRequest
from core.runs import Status
from store.people import People
from tests import chromium
from tests.program import build, picture
from tests.ui.conftest import serve, services_of
from tests.ui.foreign_words import ALL, MARKUP, WORDS
from ui.services import RoleCard

ADMIN = "admin-ada"

# Notes every element that is injected, however short it lives.
WATCH = """
window.injected = [];
new MutationObserver(changes => {
  for (const change of changes)
    for (const node of [...change.addedNodes, ...(change.type === 'attributes' ? [change.target] : [])])
      for (const each of node.querySelectorAll ? [node, ...node.querySelectorAll('*')] : [])
        if ([...each.attributes].some(a => a.name === 'data-injected' || a.name.startsWith('on')))
          window.injected.push(each.outerHTML);
}).observe(document, {childList: true, subtree: true, attributes: true});
"""


def test_no_component_shows_values_as_html_or_markdown_unless_it_is_made_here(served):
    made = {
        "header",
        "stage",
        "facts",
        "empty",
        "now",
        "figures",
        "models",
        "roles",
        "people",
        "settings",
        "heading",
        "known",
        "active",
    }
    for block in served.demo.blocks.values():
        assert not isinstance(block, gr.Markdown | gr.Chatbot), block.elem_id
        if isinstance(block, gr.HTML) and "value" in block.html_template:
            if block.html_template == "${value}":
                assert block.elem_id.rpartition("-")[2] in made, block.elem_id
            else:
                assert "${value}" not in block.html_template, block.elem_id
        if isinstance(block, gr.Dataframe):
            assert block.datatype == "str"


class Window:
    """An admin's window, with everything in it that should not be."""

    def __init__(self, browser, url):
        self.url = url.rstrip("/")
        self.context = browser.new_context(
            extra_http_headers={"x-name": ADMIN},
            permissions=["clipboard-read", "clipboard-write"],
            locale="en-US",
        )
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.wrong = []
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda request: self._request(request.url))

    def _dialog(self, dialog):
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, url):
        if not chromium.own(url, self.url):
            self.wrong.append(f"request: {url}")

    def open(self, tab, **query):
        self.page.goto(f"{self.url}/?{urlencode(query)}")
        self.page.wait_for_selector("#show-prompt textarea", state="attached")
        self.tab(tab)

    def tab(self, name):
        tab = self.page.get_by_role("tab", name=name, exact=True)
        while tab.get_attribute("aria-selected") != "true":
            tab.click()
            # The page brings its first tab to the front once it is loaded.
            self.page.wait_for_timeout(300)

    def until(self, condition, *values):
        """Wait until a condition of the page holds; the values arrive in it as ``values``."""
        self.page.wait_for_function(f"values => {condition}", arg=list(values))

    def words(self, selector):
        """Return the words of every such element, which has no element inside."""
        return self.page.eval_on_selector_all(
            selector, "all => all.map(each => each.childElementCount ? `MARKUP ${each.innerHTML}` : each.textContent)"
        )

    def clean(self):
        """Return what was injected, asked for elsewhere, or popped up so far."""
        return [*self.wrong, *self.page.evaluate("window.injected")]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A page whose every list is full of foreign words."""
    folder = tmp_path_factory.mktemp("foreign")
    program = build(folder)
    people = People(program.database)
    program.database.write(
        lambda connection: connection.executemany(
            "INSERT INTO people (name, role, disabled, password_hash, created) VALUES (?, ?, 0, 'x', '2026-01-01')",
            [(words, words) for words in ALL],
        )
    )
    roles = (
        RoleCard(name="admin", actions=("everything",)),
        *(RoleCard(name=words, actions=(words,)) for words in ALL),
    )
    services = replace(
        services_of(program),
        people=people,
        roles=lambda: roles,
        hash_password=lambda password, name: password,
        settings={words: words for words in ALL},
        machine=lambda: {words: words for words in MARKUP},
    )
    with serve(program, services, folder) as served:
        admin = program.actor(name=ADMIN)
        for words in ALL:
            program.painter.answer = words
            for request in (GenerateRequest(prompt=words), AskRequest(image=picture(), question=words)):
                run = program.studio.result(admin, program.studio.submit(admin, request))
                assert run.status is Status.DONE
        yield served


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as opened:
        yield opened


@pytest.fixture
def window(browser, full):
    window = Window(browser, full.url)
    yield window
    assert window.clean() == []
    window.context.close()


browsed = pytest.mark.browser


@browsed
def test_names_of_files(window):
    window.open("Tell")
    upload = window.page.locator("#tell-left input[type=file]").first
    for words in MARKUP[:6]:
        name = words.replace("/", "|")[:36]
        upload.set_input_files([{"name": f"{name}.png", "mimeType": "image/png", "buffer": b"no picture"}])
        window.until("document.querySelector('#tell-left .problem')?.innerText.includes(values[0])", name[:20])
    (line,) = window.words("#tell-left .problem")
    assert line.startswith("<img data-injected src")


@browsed
def test_questions_and_answers_and_their_copies(window, full):
    window.open("Tell")
    png = {"name": "a.png", "mimeType": "image/png", "buffer": picture().png}
    window.page.locator("#tell-left input[type=file]").first.set_input_files([png])
    window.until("/new picture/i.test(document.querySelector('#tell-status').innerText)")
    window.page.locator("#tell-voices").get_by_label("None").check()
    # All at once too: one that opens something must not get its end from another.
    asked = [*MARKUP[:3], *WORDS[:3], "\n".join(ALL)]
    for number, words in enumerate(asked, 1):
        full.program.painter.answer = words
        window.page.locator("#tell-question textarea").fill(words)
        window.page.locator("#tell-question textarea").press("Enter")
        window.until("document.querySelectorAll('#tell-chat .bot').length === values[0]", number)
        window.until("/done/i.test(document.querySelector('#tell-status').innerText)")
    assert window.words("#tell-chat .user") == asked
    assert window.words("#tell-chat .bot") == asked
    for position in (0, len(asked) * 2 - 1):
        window.page.locator("#tell-chat .copy").nth(position).click()
        assert window.page.evaluate("navigator.clipboard.readText()") == asked[position // 2]


@browsed
def test_prompts_captions_and_tooltips(window, full):
    window.open("Show")
    for words in (ALL[0], "a  b   c\n   d"):
        window.page.locator("#show-prompt textarea").fill(words)
        window.page.locator("#show-prompt textarea").press("Enter")
        window.until("document.querySelector('#show-pictures .caption')?.innerText.includes(values[0])", words[:12])
    captions = window.page.eval_on_selector_all(
        "#show-strip img", "all => all.map(each => each.alt + each.title + (each.parentElement.innerText || ''))"
    )
    assert captions
    refused = f"a naked woman {MARKUP[0]}"
    window.page.locator("#show-prompt textarea").fill(refused)
    window.page.locator("#show-make").click()
    window.until("/naked/.test(document.querySelector('#show-stage .refusal')?.innerText || '')")


@browsed
@pytest.mark.parametrize("words", ["<img src=x onerror=alert(1)>", "<a href=//evil.example>Sign in</a>"])
def test_addresses_and_toasts(window, words):
    window.open("Show", run=words)
    window.until("document.querySelector('#show-stage .refusal')?.innerText.includes(values[0])", words)
    assert f"There is no run {words}." in window.words("#show-stage .refusal p")


@browsed
def test_the_library(window, full):
    window.open("Library")
    window.until("document.querySelector('#library-list .open')")
    listed = [entry.first for entry in full.services.library.entries(actor=ADMIN, limit=60)]
    assert window.words("#library-list .words") == [run.words for run in listed]
    for row, run in enumerate(listed[:4]):
        window.page.locator("#library-list .open").nth(row).click()
        window.until("document.querySelector('#library-facts h3')?.textContent === values[0]", run.words)
        assert window.words("#library-facts h3") == [run.words]
        assert run.answer in ("", *window.words("#library-facts :is(dd, .answered)"))
    window.page.get_by_text("The whole record").click()
    window.page.wait_for_selector("#library-json .json-node")


@browsed
def test_figures_people_roles_and_settings(window):
    window.open("Dashboard")
    window.until("document.querySelectorAll('#dashboard-figures td').length > 20")
    assert set(window.words("#dashboard-figures td")) >= set(ALL[:10])
    assert set(window.words("#dashboard-now b")) >= set(MARKUP)
    window.tab("Admin")
    window.until("document.querySelectorAll('#admin-people td').length > 20")
    for place in ("#admin-people td", "#admin-roles td", "#admin-settings dt", "#admin-settings dd"):
        assert set(window.words(place)) >= set(ALL), place
    window.page.locator("#admin-name input").click()
    window.until("document.querySelectorAll('#admin-name [role=option]').length >= values[0]", len(ALL))
