"""What Gradio keeps of a session, and how it is freed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr


class SessionMemory:
    """Everything release 6.31 keeps by the name of a session (``queueing.py``, ``state_holder.py``)."""

    def __init__(self, demo: gr.Blocks) -> None:
        """Look after the sessions of ``demo``."""
        self._demo = demo

    def unread(self, session: str) -> int:
        """Return how many events of a session have not been read to their end."""
        return len(self._demo._queue.pending_event_ids_session.get(session, ()))

    async def end(self, session: str) -> None:
        """Forget a session; events of it that wait are dropped, and what runs of it goes nowhere."""
        queue, holder = self._demo._queue, self._demo.state_holder
        await queue.clean_events(session_hash=session)
        queue.pending_messages_per_session.pop(session, None)
        queue.pending_event_ids_session.pop(session, None)
        with holder.lock:
            holder.session_data.pop(session, None)
            holder.time_last_used.pop(session, None)


def keep_small(demo: Any) -> None:
    """Let a launched page begin a session without the copy of its whole configuration.

    Gradio makes that copy, which takes most of the time and memory of a session, for deep links alone, and those are
    not offered here. What a session changes is noted in it all the same.
    """
    # After every event it would sum up the last ten thousand, for a page that is switched off.
    demo._queue.ANALYTICS_MAX_EVENTS, demo._queue.ANAYLTICS_CACHE_FREQUENCY = 1, 10**9
    demo.state_holder.blocks = SimpleNamespace(default_config=demo.default_config, blocks={})
