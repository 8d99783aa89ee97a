"""What a safety rule says, and about what. The record that explains every refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.media import Picture


class Stage(StrEnum):
    """Where on the path something is inspected."""

    INPUT = "input"
    OUTPUT = "output"


class Verdict(StrEnum):
    """What follows from a finding. REVIEW passes and is kept for a person to look at."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the rules see; they know nothing of requests.

    Attributes:
        stage: before or after the model.
        texts: field name -> text (a prompt, a question, an answer, a file name).
        pictures: uploads, or pictures just made.
    """

    stage: Stage
    texts: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One moderation result.

    Attributes:
        rule: name of the rule and its version, e.g. ``lexicon@3``.
        category: a category of the moderation taxonomy, e.g. ``violence``.
        score: 0..1, in the unit of the rule.
        threshold: the score from which the verdict holds, same unit.
        reason: one sentence for the person, with what to change.
        evidence: what moved the rule: the person's own characters, or the nearest concept.
        field: name of the text, or ``picture``.
        span: start and end of the evidence in the text, in characters; None for a picture.
        verdict: what follows.
        position: the made picture it is about, 0.. in the order of the seeds; None for words and uploads.
    """

    rule: str
    category: str
    score: float
    threshold: float
    reason: str
    evidence: str
    field: str
    verdict: Verdict
    span: tuple[int, int] | None = None
    position: int | None = None
