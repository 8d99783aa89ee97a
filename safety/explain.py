"""Says to a person what a rule found: which words, why, what to change, and how to disagree."""

from __future__ import annotations

from collections.abc import Sequence

from core.findings import Finding, Verdict
from safety.policy import Category
from safety.rule import Hit

_FIELDS = {
    "prompt": "The prompt",
    "negative_prompt": "The negative prompt",
    "question": "The question",
    "history": "The conversation",
    "answer": "The answer",
    "text": "The text",
    "picture": "The picture",
}
_LONGEST = 80

HOW_TO_DISAGREE = (
    "If you think this is wrong: the run is kept with its reason in your Library; "
    "give its id to the people who run this site."
)


def reason(hit: Hit, category: Category, verdict: Verdict) -> str:
    """Return what was found, and for a block also what to change. Scores stay out: they would help to probe."""
    where = _FIELDS.get(hit.field, f"The field {hit.field}")
    shown = hit.evidence if len(hit.evidence) <= _LONGEST else f"{hit.evidence[:_LONGEST]}..."
    if hit.field == "picture":
        if verdict is Verdict.BLOCK:
            return f"{where} was stopped because it seems to show {category.says} (nearest: {shown}). {category.change}"
        return f"{where} passed; it was kept for review, since it may be, or show, {category.says} ({shown})."
    what = shown if hit.span is None else f"“{shown}”"
    if verdict is Verdict.BLOCK:
        change = "Ask in another way." if hit.field == "answer" else category.change
        return f"{where} was stopped because {what} reads as {category.says}. {change}"
    return f"{where} passed; {what} was kept for review, since it may read as {category.says}."


def refusal(findings: Sequence[Finding]) -> str:
    """Return the sentences for a blocked request: its weightiest reason, how many others there are, how to disagree."""
    blocking = [finding for finding in findings if finding.verdict is Verdict.BLOCK]
    others = len(blocking) - 1
    more = f" ({others} more in the record.)" if others else ""
    return f"{blocking[0].reason}{more} {HOW_TO_DISAGREE}"
