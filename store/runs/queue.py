"""Who is next: the queue is the rows with status ``queued``, fair between parties: accounts, and addresses of visitors.

In each lane the party whose latest start lies furthest back goes first, and before all others one that never had any; a
party's own runs keep their order. So nobody waits longer because somebody else queued a hundred runs, whether under one
name or under a hundred.
"""

from __future__ import annotations

import sqlite3

# One row per waiting party, in the order in which they get their turns.
_WAITING = """
SELECT party, min(number) AS first, count(*) AS runs
FROM runs
WHERE lane = :lane AND status = 'queued'
GROUP BY party
ORDER BY (SELECT max(turn) FROM runs AS earlier WHERE earlier.lane = :lane AND earlier.party = runs.party), first
"""
_START = """
UPDATE runs
SET status = 'running', attempt = attempt + 1, started = :now, boot = :boot,
    turn = (SELECT coalesce(max(turn), 0) + 1 FROM runs)
WHERE number = :number
"""
_PLACE = "SELECT lane, party, number FROM runs WHERE id = ? AND status = 'queued'"
_AHEAD = "SELECT count(*) FROM runs WHERE lane = :lane AND party = :party AND status = 'queued' AND number < :number"


def start_next(connection: sqlite3.Connection, lane: str, *, now: str, boot: str) -> int | None:
    """Start the next run of ``lane`` within the open transaction and return its number; None if nobody waits."""
    row = connection.execute(_WAITING, {"lane": lane}).fetchone()
    if row is None:
        return None
    connection.execute(_START, {"number": row["first"], "now": now, "boot": boot})
    return int(row["first"])


def position(connection: sqlite3.Connection, run_id: str) -> int:
    """Return how many runs of the lane start before this one if no others come; 0 also if it does not wait."""
    row = connection.execute(_PLACE, (run_id,)).fetchone()
    if row is None:
        return 0
    own = int(connection.execute(_AHEAD, dict(row)).fetchone()[0])
    # Parties take turns: before this party's run number `own`, each other party had `own` turns, and those ahead of
    # this party in the order of turns had one more.
    before, rounds = own, own + 1
    for party, _, runs in connection.execute(_WAITING, {"lane": row["lane"]}):
        if party == row["party"]:
            rounds = own
        else:
            before += min(runs, rounds)
    return before
