"""Names for runs: sortable by time, impossible to guess."""

from __future__ import annotations

import secrets
import time


def new_run_id() -> str:
    """Return 32 hex characters: 12 of milliseconds since 1970, 20 (80 bits) of chance."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
