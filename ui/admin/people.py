"""The accounts on the page for admins: what is, what a change would do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from core.actions import Action, Actor
from core.errors import ConflictError, InvalidRequestError
from core.people import People, Person
from ui.parts import markup
from ui.parts.problems import Problems, as_typed
from ui.parts.tab import Updates
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit

_NOBODY = "Choose a person to see and change what they may do."
_OWN = "This is your own account: ask another admin to change it."


@dataclass(frozen=True)
class Plan:
    """A change that was shown to the admin and waits for a yes."""

    before: Person
    after: Person


class Accounts:
    """Makes accounts and changes them. Everything was shown before it is done, and is told afterwards."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def build(self) -> None:
        """Add the table, the two forms and the line that says what happened."""
        self.table = gr.HTML(elem_id="admin-people")
        self.seen, self.plan = gr.State(None), gr.State(None)
        with gr.Row(visible=self._kept, elem_id="admin-accounts"):
            with gr.Column(min_width=280):
                self._build_new()
            with gr.Column(min_width=280):
                self._build_change()
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="admin-status")
        self._wire()

    @property
    def _kept(self) -> bool:
        return self.services.people is not None and self.services.hash_password is not None

    def _build_new(self) -> None:
        self.new_name = gr.Textbox("", label="New person", placeholder="name", elem_id="admin-new-name")
        self.new_role = gr.Dropdown([], label="Role", elem_id="admin-new-role")
        self.password = gr.Textbox(
            "", label="Password", type="password", info=self.services.password_rule, elem_id="admin-password"
        )
        self.add = gr.Button("Add", variant="primary", elem_id="admin-add")
        self.problems = Problems({"name": self.new_name, "role": self.new_role, "password": self.password})
        self.problems.build("admin-new-problem")

    def _build_change(self) -> None:
        self.name = gr.Dropdown([], label="Person", elem_id="admin-name")
        self.role = gr.Dropdown([], label="Role", interactive=False, elem_id="admin-role")
        self.disabled = gr.Checkbox(False, label="Disabled", interactive=False, elem_id="admin-disabled")
        self.change = gr.Button("Change", interactive=False, elem_id="admin-change")
        with gr.Row(visible=False, elem_id="admin-question", elem_classes="next") as self.question:
            self.confirm = gr.Button("Yes, change it", variant="primary", size="sm", elem_id="admin-confirm")
            self.keep = gr.Button("Leave it", size="sm", elem_id="admin-keep")

    @property
    def outputs(self) -> list[Any]:
        """Return everything a handler may change."""
        forms = [self.new_name, self.new_role, self.password, self.name, self.role, self.disabled]
        shown = [self.table, self.change, self.question, self.status, self.problems.place]
        return [*forms, *shown, self.seen, self.plan]

    def _wire(self) -> None:
        named = {"outputs": self.outputs, **PRIVATE}
        asked = [self.name, self.role, self.disabled]
        new = [self.new_name, self.new_role, self.password]
        self.add.click(self.add_person, new, js=as_typed(new), api_name="admin_add_person", **named)
        self.name.input(self.choose, [self.name], api_name="admin_choose_person", **named)
        self.change.click(self.ask, [*asked, self.seen], api_name="admin_ask_change", **named)
        self.confirm.click(self.change_person, [*asked, self.plan], api_name="admin_change_person", **named)
        self.keep.click(self.choose, [self.name], api_name="admin_keep_person", **named)
        # A question is about the form as it was asked about.
        gr.on(
            [self.role.input, self.disabled.input],
            self.edit,
            None,
            [self.question, self.plan, self.status],
            api_name="admin_edit_person",
            **PRIVATE,
        )

    def shown(self, actor: Actor, name: str | None, line: str = "") -> Updates:
        """Return the updates that show the accounts and the person ``name`` as they are now."""
        people = self.services.people.all() if self.services.people else ()
        person = next((each for each in people if each.name == name), None)
        mine = person is not None and person.name == actor.name
        able = person is not None and not mine
        roles = self._roles()
        # A role that is gone from the file is shown too: it is what the account has.
        known = [*roles, person.role] if person and person.role not in roles else roles
        return {
            self.table: _table(people),
            self.name: gr.update(choices=[each.name for each in people], value=person.name if person else None),
            self.role: gr.update(choices=known, value=person.role if person else None, interactive=able),
            self.disabled: gr.update(value=bool(person and person.disabled), interactive=able),
            self.change: gr.update(interactive=able),
            self.question: gr.update(visible=False),
            self.seen: person,
            self.plan: None,
            self.status: line or (_OWN if mine else ""),
        }

    def offered(self, chosen: str | None) -> Any:
        """Return the update that offers the roles for a new person; what was chosen stays."""
        roles = self._roles()
        return gr.update(choices=roles, value=chosen if chosen in roles else roles[-1] if roles else None)

    @needs(Action.ADMINISTER)
    def choose(self, visit: Visit, name: str | None) -> Updates:
        """Show what a person may do now."""
        return self.shown(visit.actor, name, "" if name else _NOBODY)

    @needs(Action.ADMINISTER)
    def edit(self, _visit: Visit) -> Updates:
        """Take a question back: the form says something else now."""
        return {self.question: gr.update(visible=False), self.plan: None, self.status: ""}

    @needs(Action.ADMINISTER)
    def add_person(self, visit: Visit, name: str, role: str, password: str) -> Updates:
        """Make an account."""
        people, hash_password = self.services.people, self.services.hash_password
        if people is None or hash_password is None:
            raise InvalidRequestError("name", name, "nobody: this studio keeps no accounts")
        try:
            person = Person(name=name.strip(), role=self._known(role))
            people.add(person, hash_password(password, person.name))
        except InvalidRequestError as error:
            return self.problems.at(error)
        line = f"{person.name} can sign in now, as {person.role}."
        return {**self.shown(visit.actor, None, line), self.new_name: "", self.password: ""}

    @needs(Action.ADMINISTER)
    def ask(self, visit: Visit, name: str | None, role: str, disabled: bool, seen: Person | None) -> Updates:
        """Say what a change would do, and wait for a yes."""
        before, after = self._wanted(visit, name, role, disabled)
        if seen != before:
            return self.shown(visit.actor, name, _meanwhile(before))
        if before == after:
            return self.shown(visit.actor, name, f"{before.name} is like that already: nothing to change.")
        return {
            self.plan: Plan(before, after),
            self.question: gr.update(visible=True),
            self.status: f"Change {before.name}: {_difference(before, after)}? Their sessions and tokens end.",
        }

    @needs(Action.ADMINISTER)
    def change_person(
        self, visit: Visit, name: str | None, role: str, disabled: bool, plan: Plan | None = None
    ) -> Updates:
        """Do the change that was asked about, if it still is what the form says and the account still is as shown."""
        _, after = self._wanted(visit, name, role, disabled)
        if plan is None or plan.after != after:
            return self.shown(visit.actor, name, "Nothing was changed: this is not what you were asked about.")
        difference = _difference(plan.before, after)
        try:
            self._people().change(
                after.name, role=after.role, disabled=after.disabled, expected=plan.before, keep=self._governing()
            )
        except ConflictError as error:
            return self.shown(visit.actor, name, str(error))
        return self.shown(visit.actor, name, f"{after.name} is changed: {difference}. They have to sign in again.")

    def _wanted(self, visit: Visit, name: str | None, role: str, disabled: bool) -> tuple[Person, Person]:
        before = self._people().find(name) if name else None
        if before is None:
            raise InvalidRequestError("person", name, "one of the accounts")
        if before.name == visit.actor.name:
            raise InvalidRequestError("person", name, "somebody else's account; ask another admin to change yours")
        wanted = role if role == before.role else self._known(role)
        return before, Person(name=before.name, role=wanted, disabled=bool(disabled))

    def _people(self) -> People:
        if self.services.people is None:
            raise InvalidRequestError("person", "", "nobody: this studio keeps no accounts")
        return self.services.people

    def _roles(self) -> list[str]:
        return [role.name for role in self.services.roles()]

    def _governing(self) -> frozenset[str]:
        return frozenset(role.name for role in self.services.roles() if Action.ADMINISTER.value in role.actions)

    def _known(self, role: str) -> str:
        names = self._roles()
        if role not in names:
            raise InvalidRequestError("role", role, f"one of {', '.join(names)}")
        return role


def _difference(before: Person, after: Person) -> str:
    changed = [f"role {after.role} instead of {before.role}"] if before.role != after.role else []
    if before.disabled != after.disabled:
        changed.append("disabled" if after.disabled else "no longer disabled")
    return ", ".join(changed)


def _meanwhile(now: Person) -> str:
    state = ", disabled" if now.disabled else ""
    return f"{now.name} was changed meanwhile and is shown as it is now ({now.role}{state}). Nothing was changed."


def _table(people: Any) -> str:
    if not people:
        hint = "The owner may do everything without one. Make the first admin with make admin."
        return f"<h3>People</h3>{markup.empty('No accounts yet', hint)}"
    rows = [
        {"name": person.name, "role": person.role, "state": "disabled" if person.disabled else "active"}
        for person in people
    ]
    return f"<h3>People</h3>{markup.rows(rows)}"
