"""What every tab of the page is."""

from __future__ import annotations

from typing import Any, Protocol

from core.actions import Action

# Components -> their new values, as Gradio takes them from a handler.
Updates = dict[Any, Any]


class Tab(Protocol):
    """One tab. Its folder has ``tab.py`` with this class: the handlers of its events, and their wiring in ``_wire``.

    What a tab shows may be split into parts: classes in files of their own, with ``build`` to add their components and
    methods that return the updates of these components. A part whose events concern no other part wires them itself.

    Attributes:
        id: its name in addresses (``?tab=show``) and in the ids of elements.
        name: its label.
        action: without permission for it a visitor does not see the tab.
        tab: the component around its contents; it is set before ``build`` is called.
    """

    id: str
    name: str
    action: Action
    tab: Any

    def build(self) -> None:
        """Add the contents to the page and wire the events."""
        ...
