"""The program with all its parts: how it starts, and how it stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ui.framework.mcp
import ui.framework.memory
from core.studio import Studio
from pipelines.catalogue.catalogue import Catalogue
from safety.access.access import RoleAccess
from safety.guard import RuleGuard
from server.accounts.owner import Owner
from server.addresses import listening as address
from server.addresses.public_root import PublicRoot
from server.limits import connections
from settings import Settings
from startup import serving
from startup.preloading import Preloading
from store.database import Database
from store.media.sweep import Sweep
from store.people import People
from ui import Blocks


@dataclass(kw_only=True)
class Program:
    """All parts that start, stop or are looked at later.

    Attributes:
        launch: arguments of Gradio's ``launch()``.
        url: address of the page; empty until it is served.
    """

    settings: Settings
    database: Database
    people: People
    catalogue: Catalogue
    studio: Studio
    guard: RuleGuard
    access: RoleAccess
    sweep: Sweep
    preloading: Preloading
    owner: Owner
    root: PublicRoot
    demo: Blocks
    launch: Mapping[str, Any]
    url: str = ""

    def start(self) -> str:
        """Serve the page and return its address; lanes work and models load behind it."""
        host, fixed_port = self.settings.server_name, self.settings.server_port
        port = address.choose(host, fixed_port)
        self.studio.start()
        try:
            # Only now is it certain that no other process works on the data folder.
            self.sweep.start()
            url = serving.serve(self.demo, host, port, fixed_port, self.launch)
        except BaseException:
            # The lanes work already: their runs are queued again, and do not count as crashed.
            self.studio.stop()
            raise
        connections.bound(self.demo.server.config)
        ui.framework.memory.keep_small(self.demo)
        if self.settings.mcp:
            ui.framework.mcp.call_in_place(self.demo.mcp_server_obj, self.database.space.require)
        self.preloading.start()
        self.url = self.root.page(url)
        return self.url

    def stop(self) -> None:
        """Queue the runs under way again, tell those who wait for them, close the page and the database."""
        # While the page is still up, so that those who wait get a sentence instead of a broken connection.
        self.studio.stop()
        self.sweep.stop()
        self.demo.close(verbose=False)
        self.database.close()
