"""Runs to put into a log."""

from __future__ import annotations

from typing import Any

from core.actions import Action
from core.findings import Finding, Verdict
from core.run_ids import new_run_id
from core.runs import KeptPicture, NewRun, Outcome, Status
from store.runs.run_log import RunLog


def new_run(actor: str = "ada", **changes: Any) -> NewRun:
    values: dict[str, Any] = {
        "id": new_run_id(),
        "action": Action.GENERATE,
        "actor": actor,
        "role": "creator",
        "model": "demo",
        "lane": "local",
        "words": "a red apple",
        "request": {"prompt": "a red apple", "seed": 7, "count": 1},
    }
    return NewRun(**{**values, **changes})


def accepted(log: RunLog, actor: str = "ada", **changes: Any) -> str:
    run = new_run(actor, **changes)
    log.accept(run)
    return run.id


def done(**changes: Any) -> Outcome:
    return Outcome(**{"status": Status.DONE, **changes})


def kept(position: int = 0, **changes: Any) -> KeptPicture:
    values: dict[str, Any] = {
        "position": position,
        "sha256": f"{position:064x}",
        "pixels_sha256": "f" * 64,
        "seed": 7 + position,
        "width": 64,
        "height": 64,
    }
    return KeptPicture(**{**values, **changes})


def found(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "lexicon@1",
        "category": "violence",
        "score": 0.9,
        "threshold": 0.5,
        "reason": "Say it otherwise.",
        "evidence": "knife",
        "field": "prompt",
        "span": (2, 7),
        "verdict": Verdict.REVIEW,
    }
    return Finding(**{**values, **changes})
