"""The tabs in the order of the page. A new tab is a folder and a line in TABS."""

from __future__ import annotations

from collections.abc import Callable

from ui.admin.tab import Admin
from ui.dashboard.tab import Dashboard
from ui.library.tab import Library
from ui.parts.links import Links
from ui.parts.tab import Tab
from ui.services import Services
from ui.show.tab import Show
from ui.tell.tab import Tell

TABS: tuple[Callable[[Services, Links], Tab], ...] = (Show, Tell, Library, Dashboard, Admin)
