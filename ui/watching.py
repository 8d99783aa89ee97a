"""Watching a run for the page: not more often than a browser can use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from core.actions import Actor
from core.studio import Studio, Update

# Seconds between two looks of one watcher. Every look is a message to the browser.
PACE = 0.25


def watch(studio: Studio, actor: Actor, run_id: str) -> Iterator[Update]:
    """Yield the changes of a run, at most one per ``PACE`` seconds but for the final one, which comes at once."""
    last, status, preview = 0.0, None, None
    for update in studio.watch(actor, run_id, every=PACE):
        now = time.monotonic()
        seen = update
        if update.progress is not None:
            # Not every step has a preview: the newest one stays until there is a newer one.
            preview = update.progress.preview or preview
            seen = replace(update, progress=replace(update.progress, preview=preview))
        if update.run.status.final or update.run.status is not status or now - last >= PACE:
            last, status = now, update.run.status
            yield seen
