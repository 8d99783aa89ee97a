"""The record of a run as a given person may see it: one rule for the page, the API, MCP and REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from core import record as stored
from core.actions import Action, Actor
from core.findings import Finding
from core.runs import Run

# With these numbers anybody could find words that a rule just lets pass. Admins need them to adjust the rules.
_FOR_ADMINS = frozenset({"score", "threshold"})


def record(run: Run, actor: Actor) -> dict[str, Any]:
    """Return the whole record of a run as plain JSON.

    Enums are words, tuples are lists. Left out for everybody is how the run was queued inside (its lane and remote
    ticket), and for all but admins what ``findings`` leaves out.
    """
    return {
        "id": run.id,
        "action": run.action.value,
        "status": run.status.value,
        "code": run.code,
        "message": run.message,
        "actor": run.actor,
        "role": run.role,
        "source": run.source,
        "parent": run.parent,
        "talk": run.talk,
        "model": run.model,
        "words": run.words,
        "request": plain(stored.flat(run.action, run.request)),
        "queued": run.queued,
        "started": run.started,
        "finished": run.finished,
        "seconds": run.seconds,
        "attempt": run.attempt,
        "pictures": [asdict(picture) for picture in run.pictures],
        "answer": run.answer,
        "sound": run.sound,
        "findings": findings(run.findings, actor),
        "facts": plain(run.facts),
        "measures": [plain(asdict(measure)) for measure in run.measures],
        "environment": plain(run.environment),
    }


def findings(found: Iterable[Finding], actor: Actor) -> list[dict[str, Any]]:
    """Return findings as plain JSON; scores and thresholds are for those who may administer."""
    hidden = frozenset() if actor.may(Action.ADMINISTER) else _FOR_ADMINS
    return [{name: value for name, value in plain(asdict(finding)).items() if name not in hidden} for finding in found]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; what JSON does not know becomes its words."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
