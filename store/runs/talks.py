"""Which talk the runs of earlier programs belonged to: those did not write it down.

A question carried the turns before it, by whose latest its talk is found. A description on the page carried none: it
went on with the latest talk about its picture. Used by one migration; never change what it does.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

_MOST = 2_000  # characters of an answer that a turn carried
_RUNS = """
SELECT number, id, parent, action, actor, source, prompt, answer, status, request FROM runs
WHERE action IN ('ask', 'describe', 'speak') ORDER BY number
"""
_PUT = "UPDATE runs SET talk = ? WHERE number = ?"


def fill(connection: sqlite3.Connection) -> None:
    """Write the talk of every run, within the transaction that is open."""
    talks: dict[str, str] = {}
    about: dict[tuple[str, str], str] = {}
    turns: dict[tuple[str, str, str, str], str] = {}
    found: list[tuple[str, int]] = []
    for number, run_id, parent, action, actor, source, prompt, answer, status, request in connection.execute(_RUNS):
        asked = json.loads(request)
        picture = (actor, _sha256(asked))
        if action == "speak":
            talk = talks.get(parent)
        elif action == "ask":
            talk = turns.get((*picture, *_last_turn(asked)), run_id)
        else:
            talk = about.get(picture, run_id) if source == "page" else run_id
        if talk is None:
            continue
        talks[run_id] = talk
        found.append((talk, number))
        if status == "done" and action != "speak":
            turns[*picture, prompt, answer[:_MOST].strip()] = talk
            if source == "page":
                about[picture] = talk
    connection.executemany(_PUT, found)


def _sha256(asked: dict[str, Any]) -> str:
    image = asked.get("image")
    return str(image.get("sha256", "")) if isinstance(image, dict) else ""


def _last_turn(asked: dict[str, Any]) -> tuple[str, str]:
    turns = asked.get("history") or [{}]
    return str(turns[-1].get("question", "")), str(turns[-1].get("answer", ""))
