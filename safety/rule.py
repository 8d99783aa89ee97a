"""What a safety rule is: it looks and reports. What follows from a report is decided by the policy, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.findings import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something a rule noticed.

    Attributes:
        category: a category of policy.yaml.
        score: 0..1, in the unit of the rule.
        evidence: the person's own characters, or the nearest concept.
        field: name of the text, or ``picture``.
        span: where the evidence is in the text, in characters; None for a picture.
        block: score from which this blocks, where the rule brings its own (a classifier); None for the policy's.
        review: likewise for review.
    """

    category: str
    score: float
    evidence: str
    field: str
    span: tuple[int, int] | None = None
    block: float | None = None
    review: float | None = None


class Rule(Protocol):
    """One way to look at content.

    Attributes:
        name: name and version, e.g. ``lexicon@1``.
        for_pictures: whether it looks at pictures alone: then it is tested before the first picture, not at the start.
    """

    name: str
    for_pictures: bool

    def self_test(self) -> None:
        """Return if the rule finds what it must find and passes what it must pass, else raise anything."""
        ...

    def inspect(self, content: Content) -> Sequence[Hit]:
        """Return what it noticed. Raising anything means that nothing was checked."""
        ...
