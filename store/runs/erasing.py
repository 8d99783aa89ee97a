"""Deleting runs: what people wrote and models made leaves every table; what limits and statistics count stays.

The row itself stays, too, under a new id that nobody knows: whoever asks for the old one hears that there is no such
run. How the files go that were named here is told in ``store.media.leaving``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import suppress

from core.errors import RunUnderWayError
from core.requests import MAX_PROMPT
from core.runs import Status
from store import times
from store.text import to_json

# The same words are in what speaks an answer, whoever had it spoken.
_CHOSEN = """
WITH RECURSIVE chosen(id) AS (
    SELECT value FROM json_each(?)
    UNION
    SELECT runs.id FROM chosen JOIN runs ON runs.parent = chosen.id AND runs.action = 'speak'
)
SELECT number, runs.id, status, talk, prompt, answer FROM chosen JOIN runs ON runs.id = chosen.id
"""
_FILES = """
INSERT OR REPLACE INTO leaving (kind, name, at)
SELECT 'picture', sha256, :now FROM images WHERE run IN (SELECT value FROM json_each(:ids)) AND sha256 <> ''
UNION SELECT 'picture', sha256, :now FROM uploads WHERE run IN (SELECT value FROM json_each(:ids))
UNION SELECT 'sound', sound, :now FROM runs WHERE id IN (SELECT value FROM json_each(:ids)) AND sound <> ''
UNION SELECT 'words', '', :now
"""
# Who brought a picture, and how many, still counts; which one it was does not matter any more.
_BROUGHT = """
UPDATE brought SET sha256 = '' WHERE (actor, sha256) IN (
    SELECT runs.actor, uploads.sha256 FROM uploads JOIN runs ON runs.id = uploads.run
    WHERE uploads.run IN (SELECT value FROM json_each(:ids))
)
"""
_TABLES = ("images", "uploads", "findings", "measures")
_CHILDREN = "UPDATE runs SET parent = NULL WHERE parent IN (SELECT value FROM json_each(:ids))"
# The hash of a visitor's address goes after the day that its limit counts (``forget_addresses``).
_ROW = """
UPDATE runs
SET id = lower(hex(randomblob(16))), parent = NULL, talk = NULL, prompt = '', answer = '', message = '', sound = '',
    ticket = '', environment = NULL, request = '{}', facts = '{}', deleted = :now
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_QUOTING = """
SELECT number, request FROM runs
WHERE talk IN (SELECT value FROM json_each(:talks)) AND id NOT IN (SELECT value FROM json_each(:ids))
"""
# Worded as the partial index runs_open, so that SQLite uses it.
_OPEN = "SELECT EXISTS (SELECT 1 FROM runs WHERE actor = ? AND status IN ('queued', 'running', 'saving'))"
_OWN = "SELECT id FROM runs WHERE actor = ? AND deleted IS NULL ORDER BY number LIMIT ?"
# Whole talks: their later turns quote the earlier ones.
_OLD = """
SELECT number, id FROM runs
WHERE queued < :before AND number > :after AND deleted IS NULL AND status NOT IN ('queued', 'running', 'saving')
    AND NOT EXISTS (SELECT 1 FROM runs AS later WHERE later.talk = runs.talk AND later.queued >= :before)
ORDER BY number LIMIT :most
"""
_FORGET_BROUGHT = "UPDATE brought SET sha256 = '' WHERE actor = ?"
# Worded as the partial index runs_addresses.
_ADDRESSES = "UPDATE runs SET party = actor WHERE deleted IS NOT NULL AND queued < ? AND party <> actor"

_UNDER_WAY = "{} is under way, or waits for its turn. Stop it first, then delete."
# Runs deleted in one transaction: others may write in between.
BATCH = 200


def erase(connection: sqlite3.Connection, run_ids: Collection[str]) -> int:
    """Delete these runs, and what speaks their answers, within the open transaction; return how many.

    Raises:
        RunUnderWayError: one of them is not final.
    """
    rows = connection.execute(_CHOSEN, (json.dumps(list(run_ids)),)).fetchall()
    if not rows:
        return 0
    if not all(Status(row["status"]).final for row in rows):
        raise RunUnderWayError(_UNDER_WAY.format("This run" if len(rows) == 1 else "One of these runs"))
    named = {"ids": json.dumps([row["id"] for row in rows]), "now": times.now()}
    connection.execute(_FILES, named)
    connection.execute(_BROUGHT, named)
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE run IN (SELECT value FROM json_each(:ids))", named)  # noqa: S608 - our own words
    _take_out_of_talks(connection, rows, named["ids"])
    connection.execute(_CHILDREN, named)
    connection.execute(_ROW, named)
    return len(rows)


def erase_own(connection: sqlite3.Connection, actor: str) -> int:
    """Delete the oldest runs of ``actor``, as ``erase`` does, and return how many; call it until that is 0.

    Raises:
        RunUnderWayError: a run of this actor is not final.
    """
    if connection.execute(_OPEN, (actor,)).fetchone()[0]:
        raise RunUnderWayError(_UNDER_WAY.format("One of your runs"))
    connection.execute(_FORGET_BROUGHT, (actor,))
    return erase(connection, [row["id"] for row in connection.execute(_OWN, (actor, BATCH))])


def erase_old(connection: sqlite3.Connection, before: str, after: int = 0) -> tuple[int, int | None]:
    """Delete final runs from before that time, as ``erase`` does, unless their talk has gone on since.

    Args:
        connection: with an open transaction.
        before: a time of ``store.times``.
        after: number of the run to begin behind.

    Returns:
        How many were deleted, and the number to go on behind; None for that at the end.
    """
    old = connection.execute(_OLD, {"before": before, "after": after, "most": BATCH}).fetchall()
    erased = 0
    for row in old:
        # Its voice may be younger, and under way.
        with suppress(RunUnderWayError):
            erased += erase(connection, [row["id"]])
    return erased, old[-1]["number"] if len(old) == BATCH else None


def forget_addresses(connection: sqlite3.Connection) -> None:
    """Take the hash of the visitor's address out of deleted runs whose day is over: no limit counts them any more."""
    connection.execute(_ADDRESSES, (times.midnight(),))


def _take_out_of_talks(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row], ids: str) -> None:
    """Take deleted turns out of what later turns of their talks carry as history."""
    turns = {(row["prompt"].strip(), row["answer"][:MAX_PROMPT].strip()) for row in rows if row["talk"]}
    if not turns:
        return
    talks = json.dumps(sorted({row["talk"] for row in rows if row["talk"]}))
    for number, text in connection.execute(_QUOTING, {"talks": talks, "ids": ids}).fetchall():
        request = json.loads(text)
        history = request.get("history") or []
        left = [turn for turn in history if (turn["question"].strip(), turn["answer"].strip()) not in turns]
        if len(left) != len(history):
            values = (to_json({**request, "history": left}), number)
            connection.execute("UPDATE runs SET request = ? WHERE number = ?", values)
