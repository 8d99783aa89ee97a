"""One file per tab. A new tab is a file and a line in TABS."""

from __future__ import annotations

from ui.tabs.admin import Admin
from ui.tabs.dashboard import Dashboard
from ui.tabs.library import Library
from ui.tabs.show import Show
from ui.tabs.tell import Tell

TABS = (Show, Tell, Library, Dashboard, Admin)
