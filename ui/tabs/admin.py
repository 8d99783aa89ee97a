"""Admin: the models, the roles, the people, the settings."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action
from core.errors import InvalidRequestError
from core.people import Person
from ui import markup
from ui.desk import Desk, Visit
from ui.links import Links
from ui.permission import PRIVATE, needs

_SHORTEST_PASSWORD = 12


class Admin:
    """The tab for those who run the studio. It is filled after the role was checked."""

    id = "admin"
    name = "Admin"
    action = Action.ADMINISTER

    def __init__(self, desk: Desk, links: Links) -> None:
        self.desk = desk
        self.links = links
        self.tab: Any = None

    def build(self) -> None:
        """Add the tab's contents and wire them."""
        self.models = gr.HTML(elem_id="admin-models")
        self.roles = gr.HTML(elem_id="admin-roles")
        self.people = gr.HTML(elem_id="admin-people")
        with gr.Row(visible=self._accounts, elem_id="admin-accounts"):
            self._build_accounts()
        self.status = gr.HTML("", html_template=markup.STATUS, elem_id="admin-status")
        self.settings = gr.HTML(elem_id="admin-settings")
        filled = [self.models, self.roles, self.people, self.settings, self.role, self.new_role, self.name]
        self.tab.select(self.fill, None, filled, api_name="admin_fill", **PRIVATE)
        changed = [self.people, self.status, self.name, self.new_name, self.password]
        self.add.click(
            self.add_person,
            [self.new_name, self.new_role, self.password],
            changed,
            api_name="admin_add_person",
            **PRIVATE,
        )
        self.change.click(
            self.change_person,
            [self.name, self.role, self.disabled],
            changed,
            api_name="admin_change_person",
            **PRIVATE,
        )

    @property
    def _accounts(self) -> bool:
        return self.desk.people is not None and self.desk.hash_password is not None

    def _build_accounts(self) -> None:
        with gr.Column(min_width=280):
            self.new_name = gr.Textbox("", label="New person", placeholder="name", elem_id="admin-new-name")
            self.new_role = gr.Dropdown([], label="Role", elem_id="admin-new-role")
            self.password = gr.Textbox(
                "", label="Password", type="password", info="12 characters or more", elem_id="admin-password"
            )
            self.add = gr.Button("Add", variant="primary", elem_id="admin-add")
        with gr.Column(min_width=280):
            self.name = gr.Dropdown([], label="Person", elem_id="admin-name")
            self.role = gr.Dropdown([], label="Role", elem_id="admin-role")
            self.disabled = gr.Checkbox(False, label="Disabled", elem_id="admin-disabled")
            self.change = gr.Button("Change", elem_id="admin-change")

    @needs(Action.ADMINISTER)
    def fill(self, _visit: Visit) -> list[Any]:
        """Show how things are now."""
        roles = [role.name for role in self.desk.roles()]
        role, new_role = (gr.update(choices=roles, value=roles[-1] if roles else None) for _ in range(2))
        names = gr.update(choices=self._names(), value=None)
        return [self._models(), self._roles(), self._people(), self._settings(), role, new_role, names]

    @needs(Action.ADMINISTER)
    def add_person(self, _visit: Visit, name: str, role: str, password: str) -> list[Any]:
        """Make an account."""
        people, hash_password = self.desk.people, self.desk.hash_password
        if people is None or hash_password is None:
            raise InvalidRequestError("name", name, "nobody: this studio keeps no accounts")
        if len(password) < _SHORTEST_PASSWORD:
            raise InvalidRequestError("password", "*" * len(password), f"at least {_SHORTEST_PASSWORD} characters")
        people.add(Person(name=name.strip(), role=self._known(role)), hash_password(password))
        return self._after(f"{name.strip()} can sign in now.")

    @needs(Action.ADMINISTER)
    def change_person(self, visit: Visit, name: str | None, role: str, disabled: bool) -> list[Any]:
        """Change the role of an account, or disable it; its sessions end."""
        if self.desk.people is None or not name:
            raise InvalidRequestError("person", name, "one of the accounts")
        if name == visit.actor.name:
            raise InvalidRequestError("person", name, "somebody else's account; ask another admin to change yours")
        self.desk.people.change(name, role=self._known(role), disabled=disabled)
        return self._after(f"{name} is {'disabled' if disabled else f'a {role}'} from now on.")

    def _known(self, role: str) -> str:
        names = [each.name for each in self.desk.roles()]
        if role not in names:
            raise InvalidRequestError("role", role, f"one of {', '.join(names)}")
        return role

    def _after(self, line: str) -> list[Any]:
        return [self._people(), line, gr.update(choices=self._names()), "", ""]

    def _names(self) -> list[str]:
        return [person.name for person in self.desk.people.all()] if self.desk.people else []

    def _models(self) -> str:
        rows = [
            {
                "model": card.title,
                "serves": card.action.value,
                "state": card.state.value,
                "lane": card.lane,
                "licence": card.licence,
                "missing": card.missing,
            }
            for card in self.desk.engines.cards()
        ]
        return f"<h3>Models</h3>{markup.rows(rows)}"

    def _roles(self) -> str:
        rows = [
            {
                "role": role.name,
                "may": ", ".join(role.actions),
                "limits": ", ".join(f"{name} {number}" for name, number in role.limits.items()) or "none",
            }
            for role in self.desk.roles()
        ]
        return f"<h3>Roles</h3>{markup.rows(rows)}"

    def _people(self) -> str:
        people = self.desk.people.all() if self.desk.people else ()
        if not people:
            hint = "The owner may do everything without one. Make the first admin with make admin."
            return f"<h3>People</h3>{markup.empty('No accounts yet', hint)}"
        rows = [
            {"name": person.name, "role": person.role, "state": "disabled" if person.disabled else "active"}
            for person in people
        ]
        return f"<h3>People</h3>{markup.rows(rows)}"

    def _settings(self) -> str:
        return f"<h3>Settings</h3>{markup.facts(self.desk.settings.items())}"
