"""A run as plain JSON: what the API returns and the library shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core import record
from core.runs import Run


def to_json(run: Run) -> dict[str, Any]:
    """Return the whole record of a run. Enums are words, tuples are lists; nothing is left out but remote tickets."""
    made = [asdict(picture) for picture in run.pictures]
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
        "model": run.model,
        "words": run.words,
        "request": plain(record.flat(run.action, run.request)),
        "queued": run.queued,
        "started": run.started,
        "finished": run.finished,
        "seconds": run.seconds,
        "attempt": run.attempt,
        "pictures": made,
        "answer": run.answer,
        "sound": run.sound,
        "findings": findings(run.findings),
        "facts": plain(run.facts),
        "environment": plain(run.environment),
    }


def findings(found: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return findings as plain JSON."""
    return [plain(asdict(finding)) for finding in found]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; what JSON does not know becomes its words."""
    if hasattr(value, "items"):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
