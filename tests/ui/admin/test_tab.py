"""Accounts on the page: forms show what is, ask before they change it, and say what they changed."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
import pytest

from core.people import Person
from server.accounts import passwords
from store.people import People
from tests import chromium
from tests.program import build
from tests.ui.conftest import serve, services_of
from ui.admin.people import Plan
from ui.admin.tab import Admin
from ui.services import RoleCard

ROLES = (
    RoleCard(name="admin", actions=("open_page", "administer")),
    RoleCard(name="creator", actions=("open_page",)),
    RoleCard(name="viewer", actions=("open_page",)),
    RoleCard(name="anonymous", actions=("open_page",)),
)
PEOPLE = {"admin-ada": "admin", "admin-eve": "admin", "creator-bob": "creator", "viewer-cy": "viewer"}


def with_people(services, program):
    people = People(program.database)
    for name, role in PEOPLE.items():
        people.add(Person(name=name, role=role), "hash")
    return replace(
        services,
        people=people,
        roles=lambda: ROLES,
        hash_password=lambda password, name: passwords.hashed(passwords.check(password, name)),
        password_rule="12 characters or more",
    )


@pytest.fixture
def full(services, program):
    return with_people(services, program)


@pytest.fixture
def accounts(place, full):
    return place(Admin, full).accounts


@pytest.fixture
def form(accounts, value, asking):
    """The form of a browser: it keeps what it was told, and gives it back."""
    return Form(accounts, value, asking)


class Form:
    def __init__(self, accounts, value, asking, who="admin-ada"):
        self.on, self.value, self.visit = accounts, value, asking(who)
        self.values = {}

    def take(self, updates):
        for component, update in updates.items():
            if not isinstance(update, dict) or "value" in update:
                self.values[component] = self.value(update)
        return self

    def choose(self, name):
        return self.take(self.on.choose(self.visit, name))

    def set(self, **named):
        for name, value in named.items():
            self.values[getattr(self.on, name)] = value
        return self.take(self.on.edit(self.visit))

    @property
    def asked(self):
        return [self.values.get(each) for each in (self.on.name, self.on.role, self.on.disabled)]

    def ask(self):
        return self.take(self.on.ask(self.visit, *self.asked, self.values.get(self.on.seen)))

    def confirm(self):
        return self.take(self.on.change_person(self.visit, *self.asked, self.values.get(self.on.plan)))

    @property
    def line(self):
        return self.values[self.on.status]


@pytest.mark.parametrize(("name", "role"), list(PEOPLE.items())[1:])
def test_choosing_a_person_shows_what_they_may(form, full, name, role):
    full.people.change(name, disabled=True)
    assert form.choose(name).asked == [name, role, True]


def test_only_what_was_changed_in_the_form_changes(form, full):
    form.choose("creator-bob").set(disabled=True).ask()
    assert form.line == "Change creator-bob: disabled? Their sessions and tokens end."
    assert full.people.find("creator-bob") == Person(name="creator-bob", role="creator")
    form.confirm()
    assert form.line == "creator-bob is changed: disabled. They have to sign in again."
    assert full.people.find("creator-bob") == Person(name="creator-bob", role="creator", disabled=True)
    form.set(disabled=False, role="viewer").ask().confirm()
    assert "role viewer instead of creator, no longer disabled" in form.line
    assert full.people.find("creator-bob") == Person(name="creator-bob", role="viewer")


def test_a_form_that_changes_nothing_ends_no_session(form, full):
    full.people.open_session("key", "viewer-cy", kind="session", expires="2099-01-01T00:00:00.000Z")
    form.choose("viewer-cy").ask()
    assert "nothing to change" in form.line
    assert form.values[form.on.plan] is None
    assert full.people.name_of("key", kind="session", now="2026-01-01T00:00:00.000Z") == "viewer-cy"


def test_a_yes_is_for_what_was_asked_and_for_nothing_else(form, full):
    form.choose("creator-bob").set(role="viewer").ask().set(role="admin").confirm()
    assert "Nothing was changed" in form.line
    form.set(role="viewer").ask()
    plan = form.values[form.on.plan]
    assert isinstance(plan, Plan)
    form.take(form.on.change_person(form.visit, "viewer-cy", "viewer", True, plan))
    assert "Nothing was changed" in form.line
    assert {person.name: person.role for person in full.people.all()} == PEOPLE


@pytest.mark.parametrize("late", ["before the question", "before the yes"])
def test_what_somebody_else_changed_meanwhile_is_shown_and_kept(form, full, late):
    form.choose("creator-bob").set(disabled=True)
    if late == "before the yes":
        form.ask()
    full.people.change("creator-bob", role="admin")
    form.ask() if late == "before the question" else form.confirm()
    assert "changed" in form.line
    assert "Nothing was changed." in form.line
    assert form.asked == ["creator-bob", "admin", False]
    assert full.people.find("creator-bob") == Person(name="creator-bob", role="admin")


def test_two_admins_cannot_take_each_other_away(accounts, value, asking, full):
    ada, eve = (Form(accounts, value, asking, who) for who in ("admin-ada", "admin-eve"))
    ada.choose("admin-eve").set(disabled=True).ask()
    eve.choose("admin-ada").set(role="viewer").ask()
    ada.confirm()
    eve.confirm()
    assert "last account that may administer" in eve.line
    assert full.people.find("admin-ada") == Person(name="admin-ada", role="admin")


def test_nobody_changes_their_own_account(form, full):
    updates = form.on.choose(form.visit, "admin-ada")
    assert updates[form.on.change]["interactive"] is False
    assert "your own account" in updates[form.on.status]
    form.take(updates).set(role="viewer")
    with pytest.raises(gr.Error, match="somebody else's account"):
        form.ask()
    assert full.people.find("admin-ada").role == "admin"


@pytest.mark.parametrize("name", [None, "", "nobody-here", "<b>x</b>"])
def test_nobody_chosen_is_nobody_changed(form, name):
    form.choose(name)
    assert form.asked == [None, None, False]
    with pytest.raises(gr.Error, match="one of the accounts"):
        form.ask()


def test_a_role_that_is_gone_from_the_file_is_shown_and_can_be_left(form, full):
    full.people.change("viewer-cy", role="painter")
    form.choose("viewer-cy")
    assert form.asked == ["viewer-cy", "painter", False]
    form.set(disabled=True).ask().confirm()
    assert full.people.find("viewer-cy") == Person(name="viewer-cy", role="painter", disabled=True)
    form.set(role="sculptor")
    with pytest.raises(gr.Error, match="role is 'sculptor'"):
        form.ask()


def test_coming_back_to_the_tab_keeps_who_was_chosen_and_shows_them_as_they_are(place, full, asking, value):
    admin = place(Admin, full)
    form = Form(admin.accounts, value, asking)
    form.take(admin.fill(form.visit, None, None))
    assert form.asked == [None, None, False]
    full.people.change("viewer-cy", role="creator")
    form.take(admin.fill(form.visit, "viewer-cy", "creator"))
    assert form.asked == ["viewer-cy", "creator", False]
    assert form.values[form.on.new_role] == "creator"


def test_a_new_person_is_told_with_the_role(form, full):
    updates = form.on.add_person(form.visit, " dora ", "creator", "a long enough password")
    assert updates[form.on.status] == "dora can sign in now, as creator."
    assert full.people.find("dora") == Person(name="dora", role="creator")


@pytest.mark.parametrize(
    ("written", "field", "said"),
    [
        (("", "creator", "a long enough passphrase"), "admin-new-name", "Use 2 to 64 letters"),
        (("owner", "creator", "a long enough passphrase"), "admin-new-name", "not owner"),
        (("admin-eve", "creator", "a long enough passphrase"), "admin-new-name", "has this name already"),
        (("dora", "sculptor", "a long enough passphrase"), "admin-new-role", "one of admin, creator"),
        (("dora", None, "a long enough passphrase"), "admin-new-role", "one of admin, creator"),
        (("dora", "creator", "short"), "admin-password", "Use 12 to 200 characters."),
        (("dora", "creator", "dora-dora-dora-dora"), "admin-password", "easy to guess"),
        (("dora", "creator", "password password"), "admin-password", "easy to guess"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_at_the_field_and_changes_nothing(form, full, written, field, said):
    updates = form.on.add_person(form.visit, *written)
    (told,) = updates.values()
    assert list(updates) == [form.on.problems.place]
    assert told["id"] == field
    assert said in told["words"]
    assert {person.name: person.role for person in full.people.all()} == PEOPLE


@pytest.mark.browser
def test_the_forms_in_a_browser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("admin")
    program = build(folder)
    services = with_people(services_of(program), program)
    with serve(program, services, folder) as served, chromium.browser() as browser:
        page = browser.new_context(extra_http_headers={"x-name": "admin-ada"}, locale="en-US").new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{served.url}?tab=admin")
        page.get_by_role("tab", name="Admin", exact=True).click()
        page.wait_for_selector("#admin-people td")
        assert page.locator("#admin-change").is_disabled()
        page.locator("#admin-name input").click()
        page.get_by_role("option", name="creator-bob").click()
        page.wait_for_function("document.querySelector('#admin-role input').value === 'creator'")
        page.locator("#admin-disabled input").check()
        page.wait_for_timeout(500)
        page.locator("#admin-change").click()
        page.wait_for_selector("#admin-confirm")
        assert page.locator("#admin-status").inner_text().startswith("Change creator-bob: disabled?")
        page.locator("#admin-confirm").click()
        page.wait_for_function("/is changed/.test(document.querySelector('#admin-status').innerText)")
        assert page.locator("#admin-role input").input_value() == "creator"
    assert services.people.find("creator-bob") == Person(name="creator-bob", role="creator", disabled=True)
