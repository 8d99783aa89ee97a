"""What a program that ended leaves behind: runs that were under way get their second try, or their end."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace

from core.runs import Outcome, Status
from store.runs import writing

# A crash gives a run one more try; a run that was under way at two crashes may be their cause.
_MOST_ATTEMPTS = 2
_GIVEN_UP = Outcome(
    status=Status.INTERRUPTED,
    code="interrupted",
    message="The program broke down twice while it worked on this run, so it was not tried a third time. "
    "Start it again if you like; with another model or fewer steps it may pass.",
)

_NO_LANE = Outcome(
    status=Status.FAILED,
    code="engine_unavailable",
    message="The model that this run waited for is not in the catalogue any more. Start it again with another model.",
)

# Worded as the partial index runs_open, so that SQLite uses it.
_LEFT_BEHIND = """
SELECT number, id, attempt FROM runs
WHERE status IN ('queued', 'running', 'saving') AND status <> 'queued' AND boot <> ?
"""
_HAS_PICTURE = "SELECT EXISTS (SELECT 1 FROM images WHERE run = ? AND sha256 <> '')"
_TRY_AGAIN = "UPDATE runs SET status = 'queued', started = NULL WHERE number = ?"
# As if it had not been started: a wanted stop is no crash.
_PUT_BACK = """
UPDATE runs SET status = 'queued', started = NULL, turn = NULL, attempt = attempt - 1
WHERE status IN ('running', 'saving') AND boot = ?
"""


def recover(connection: sqlite3.Connection, boot: str, stopped: str, lanes: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the runs that were under way, within the transaction that is open.

    Args:
        connection: of the writer.
        boot: this start of the program.
        stopped: the start that ended because somebody wanted it to; empty if the last one did not.
        lanes: where runs may wait.
    """
    put_back(connection, stopped)
    left = connection.execute(_LEFT_BEHIND, (boot,)).fetchall()
    for number, run_id, attempt in left:
        if attempt < _MOST_ATTEMPTS:
            connection.execute(_TRY_AGAIN, (number,))
        else:
            writing.add_outcome(connection, run_id, _given_up(connection, run_id), started=None)
    for run_id, lane in connection.execute("SELECT id, lane FROM runs WHERE status = 'queued'").fetchall():
        if lane not in lanes:
            writing.add_outcome(connection, run_id, _NO_LANE, started=None)
    return tuple(row["id"] for row in left)


def put_back(connection: sqlite3.Connection, boot: str) -> None:
    """Queue what that start of the program works on again, as if it had not been started."""
    connection.execute(_PUT_BACK, (boot,))


def _given_up(connection: sqlite3.Connection, run_id: str) -> Outcome:
    if not connection.execute(_HAS_PICTURE, (run_id,)).fetchone()[0]:
        return _GIVEN_UP
    return replace(_GIVEN_UP, message=f"{_GIVEN_UP.message} What it had finished is kept.")
