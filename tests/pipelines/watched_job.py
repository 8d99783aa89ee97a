"""A real job whose reports are kept in lists."""

from __future__ import annotations

from core.job import Job
from core.results import Progress


class WatchedJob(Job):
    def __init__(self, ticket: str = "") -> None:
        self.progress: list[Progress] = []
        self.tickets: list[str] = []
        super().__init__(
            "0" * 32,
            publish=self.progress.append,
            approve=lambda _: None,
            keep_ticket=self.tickets.append,
            ticket=ticket,
        )
