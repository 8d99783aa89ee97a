"""Admin: the models, the roles, the people, the settings."""

from __future__ import annotations

from typing import Any

import gradio as gr

from core.actions import Action
from ui.admin.people import Accounts
from ui.parts import markup
from ui.parts.links import Links
from ui.parts.tab import Tab
from ui.permission import PRIVATE, needs
from ui.services import Services, Visit


class Admin(Tab):
    """The tab for those who run the studio. It is filled after the role was checked."""

    id = "admin"
    name = "Admin"
    action = Action.ADMINISTER

    def __init__(self, services: Services, links: Links) -> None:
        self.services = services
        self.links = links
        self.tab: Any = None
        self.accounts = Accounts(services)

    def build(self) -> None:
        """See ``Tab.build``."""
        self.models = gr.HTML(elem_id="admin-models")
        self.roles = gr.HTML(elem_id="admin-roles")
        self.accounts.build()
        self.settings = gr.HTML(elem_id="admin-settings")
        self.tab.select(
            self.fill,
            [self.accounts.name, self.accounts.new_role],
            [self.models, self.roles, self.settings, *self.accounts.outputs],
            api_name="admin_fill",
            **PRIVATE,
        )

    @needs(Action.ADMINISTER)
    def fill(self, visit: Visit, name: str | None = None, new_role: str | None = None) -> dict[Any, Any]:
        """Show how things are now; who was chosen stays chosen."""
        return {
            self.models: self._models(),
            self.roles: self._roles(),
            self.settings: self._settings(),
            self.accounts.new_role: self.accounts.offered(new_role),
            **self.accounts.shown(visit.actor, name),
        }

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
            for card in self.services.engines.cards()
        ]
        return f"<h3>Models</h3>{markup.rows(rows)}"

    def _roles(self) -> str:
        rows = [
            {
                "role": role.name,
                "may": ", ".join(role.actions),
                "limits": ", ".join(f"{name} {number}" for name, number in role.limits.items()) or "none",
            }
            for role in self.services.roles()
        ]
        return f"<h3>Roles</h3>{markup.rows(rows)}"

    def _settings(self) -> str:
        return f"<h3>Settings</h3>{markup.facts(self.services.settings.items())}"
