"""A real job whose reports are kept in lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.job import Job
from core.results import MadePicture, Progress, Withheld


class WatchedJob(Job):
    def __init__(self, ticket: str = "") -> None:
        self.progress: list[Progress] = []
        self.tickets: list[str] = []
        self.kept_pictures: list[tuple[MadePicture | Withheld, Mapping[str, Any]]] = []
        super().__init__(
            "0" * 32,
            publish=self.progress.append,
            approve=lambda _: None,
            keep_ticket=self.tickets.append,
            keep_picture=lambda item, facts: self.kept_pictures.append((item, facts)),
            ticket=ticket,
        )
