"""One file per tab. A new tab is a file and a line in TABS."""

from __future__ import annotations

from ui.admin.tab import Admin
from ui.dashboard.tab import Dashboard
from ui.library.tab import Library
from ui.show.tab import Show
from ui.tell.tab import Tell

TABS = (Show, Tell, Library, Dashboard, Admin)
