"""From the values of ``core.runs`` to rows of the database, within the transaction that is open."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from core import record
from core.findings import Finding
from core.results import Measure
from core.runs import KeptPicture, NewRun, Outcome
from store import times
from store.media.names import picture_uri
from store.runs import unspaced
from store.text import clean, to_json

_RUN = """
INSERT INTO runs (id, parent, talk, action, actor, party, role, model, lane, source, prompt, status, code, message,
                  queued, finished, request, facts)
VALUES (:id, :parent, :talk, :action, :actor, :party, :role, :model, :lane, :source, :prompt, :status, :code, :message,
        :queued, :finished, :request, :facts)
"""
_OUTCOME = """
UPDATE runs
SET status = :status, code = :code, message = :message, answer = :answer, sound = :sound, finished = :finished,
    seconds = :seconds, environment = :environment, facts = :facts
WHERE id = :id
"""
_IMAGE = """
INSERT INTO images (run, position, sha256, pixels_sha256, seed, uri, width, height, blocked)
VALUES (:run, :position, :sha256, :pixels_sha256, :seed, :uri, :width, :height, :blocked)
"""
_FINDING = """
INSERT INTO findings (run, rule, category, score, threshold, verdict, reason, evidence, field, span_start, span_end)
VALUES (:run, :rule, :category, :score, :threshold, :verdict, :reason, :evidence, :field, :span_start, :span_end)
"""
_MEASURE = """
INSERT INTO measures (run, position, name, value, unit, detail)
VALUES (:run, :position, :name, :value, :unit, :detail)
"""
_UPLOAD = "INSERT OR IGNORE INTO uploads (run, sha256) VALUES (?, ?)"
_ENVIRONMENT = "INSERT OR IGNORE INTO environments (hash, environment) VALUES (?, ?)"


def add_run(connection: sqlite3.Connection, run: NewRun) -> None:
    """Add the row of a run with its findings and, if it was accepted, the pictures it brought."""
    queued = times.now()
    values = {
        "id": run.id,
        "parent": run.parent and clean(run.parent),
        "talk": run.talk and clean(run.talk),
        "action": run.action,
        "actor": run.actor,
        "party": run.party or run.actor,
        "role": run.role,
        "model": clean(run.model),
        "lane": run.lane,
        "source": run.source,
        "prompt": clean(run.words),
        "status": run.status,
        "code": run.code,
        "message": clean(run.message),
        "queued": queued,
        "finished": queued if run.status.final else None,
        "request": to_json(run.request),
        "facts": to_json(run.facts),
    }
    connection.execute(_RUN, values)
    unspaced.index(connection)
    _add_findings(connection, run.id, run.findings)
    if not run.status.final:
        # The pictures of a refused request were not kept.
        connection.executemany(_UPLOAD, [(run.id, sha256) for sha256 in record.kept_pictures(run.request)])


def add_outcome(connection: sqlite3.Connection, run_id: str, outcome: Outcome, *, started: str | None) -> None:
    """Write how a run ended, with its pictures, findings and environment."""
    finished = times.now()
    values = {
        "id": run_id,
        "status": outcome.status,
        "code": outcome.code,
        "message": clean(outcome.message),
        "answer": clean(outcome.answer),
        "sound": outcome.sound,
        "finished": finished,
        "seconds": times.seconds_between(started, finished),
        "environment": _keep_environment(connection, outcome.environment),
        "facts": to_json(outcome.facts),
    }
    connection.execute(_OUTCOME, values)
    unspaced.index(connection)
    connection.executemany(_IMAGE, [_picture(run_id, kept) for kept in outcome.pictures])
    _add_findings(connection, run_id, outcome.findings)
    connection.executemany(_MEASURE, [_measure(run_id, measure) for measure in outcome.measures])


def _keep_environment(connection: sqlite3.Connection, environment: Mapping[str, Any]) -> str | None:
    if not environment:
        return None
    text = to_json(environment)
    name = hashlib.sha256(text.encode()).hexdigest()
    connection.execute(_ENVIRONMENT, (name, text))
    return name


def _add_findings(connection: sqlite3.Connection, run_id: str, findings: Iterable[Finding]) -> None:
    connection.executemany(_FINDING, [_finding(run_id, found) for found in findings])


def _finding(run_id: str, found: Finding) -> dict[str, Any]:
    start, end = found.span or (None, None)
    return {
        "run": run_id,
        "rule": clean(found.rule),
        "category": clean(found.category),
        "score": found.score,
        "threshold": found.threshold,
        "verdict": found.verdict,
        "reason": clean(found.reason),
        "evidence": clean(found.evidence),
        "field": clean(found.field),
        "span_start": start,
        "span_end": end,
    }


def _measure(run_id: str, measure: Measure) -> dict[str, Any]:
    return {
        "run": run_id,
        "position": measure.position,
        "name": clean(measure.name),
        "value": measure.value,
        "unit": clean(measure.unit),
        "detail": to_json(measure.detail),
    }


def _picture(run_id: str, kept: KeptPicture) -> dict[str, Any]:
    return {
        "run": run_id,
        "position": kept.position,
        "sha256": kept.sha256,
        "pixels_sha256": kept.pixels_sha256,
        "seed": kept.seed,
        "uri": picture_uri(kept.sha256),
        "width": kept.width,
        "height": kept.height,
        "blocked": clean(kept.blocked),
    }
