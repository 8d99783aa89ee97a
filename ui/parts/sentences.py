"""Sentences for people: what a run is doing, how it ended, how sure an answer is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.requests import REQUESTS
from core.results import Measure, Progress
from core.runs import Run, Status
from core.watching import Update

# Words that a line shows, and letters of each.
_MOST, _LONG = 6, 30

_STAGES = {
    "loading": "Loading the model",
    "decoding": "Developing the picture",
    "upscaling": "Enlarging the picture",
    "answering": "Answering",
    "speaking": "Speaking",
    "remote": "Working at the remote service",
}

OUTCOMES = {
    Status.QUEUED: "waiting",
    Status.RUNNING: "running",
    Status.SAVING: "saving",
    Status.DONE: "done",
    Status.BLOCKED: "refused by a safety rule",
    Status.DENIED: "not allowed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.INTERRUPTED: "interrupted",
}

# What people call one run of each kind, in the order of the list they choose from.
NOUNS = {action: kind.noun for action, kind in REQUESTS.items()}


def line(update: Update) -> str:
    """Return the status line of a run."""
    run = update.run
    if run.status is Status.QUEUED:
        return f"{update.position} ahead of you" if update.position else "Next in the queue"
    if run.status is Status.SAVING:
        return run.message or "Saving"
    if not run.status.final:
        return _working(update.progress)
    return ended(run)


def ended(run: Run) -> str:
    """Return how a final run ended."""
    if run.status is not Status.DONE:
        return run.message or f"This run is {OUTCOMES[run.status]}."
    took = "Done" if run.seconds is None else f"Done in {_seconds(run.seconds)}"
    seeds = [picture.seed for picture in run.pictures if picture.seed is not None]
    if seeds:
        took += f", seed {seeds[0]}" if len(seeds) == 1 else f", seeds {seeds[0]} to {seeds[-1]}"
    if strange := unknown_words(run.facts):
        took += f". Does not know: {few(strange)}"
    without = ", ".join(name.replace("_", " ") for name in ignored(run.facts))
    return f"{took}. Not or not wholly used: {without}; the Library says why" if without else took


def ignored(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """Return each parameter that had no or not its whole effect -> why, in words for people."""
    effects = facts.get("ignored")
    return {str(name): str(why) for name, why in effects.items()} if isinstance(effects, Mapping) else {}


def unknown_words(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words of the prompt that the model was never taught; runs of before this was noted have none."""
    words = facts.get("unknown_words")
    return tuple(map(str, words)) if isinstance(words, list | tuple) else ()


def few(words: Sequence[str]) -> str:
    """Return words as a line shows them: the first few, each in short, and how many more there are."""
    shown = ", ".join(word if len(word) <= _LONG else f"{word[: _LONG - 1]}…" for word in words[:_MOST])
    more = len(words) - _MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else "less than 0.1 s"


def _working(progress: Progress | None) -> str:
    if progress is None:
        return "Starting"
    step = f"Step {progress.step} of {progress.steps}" if progress.steps else "Working"
    if progress.stage == "base":
        return f"{step}, base"
    if progress.stage == "refiner":
        return f"{step}, refining"
    return _STAGES.get(progress.stage, "Working")


def sure(facts: Mapping[str, Any]) -> str:
    """Return how sure the model was of its answer, in words; empty if it did not say."""
    confidence = facts.get("confidence")
    if isinstance(confidence, Mapping):
        confidence = confidence.get("answer", confidence.get("mean"))
    if not isinstance(confidence, int | float) or isinstance(confidence, bool):
        return ""
    for least, words in ((0.9, "very sure"), (0.7, "fairly sure"), (0.4, "not very sure")):
        if confidence >= least:
            return words
    return "mostly guessing"


def measured(measures: Iterable[Measure]) -> str:
    """Return the numbers a run measured, for people: name, value and unit."""
    return ", ".join(f"{each.name.replace('_', ' ')} {each.value:.4g} {each.unit}".rstrip() for each in measures)


def verified(comparison: Mapping[str, Any]) -> str:
    """Return the result of a verification for people."""
    verdict, largest = comparison["verdict"], comparison["largest_difference"]
    words = {
        "identical": "Verified: every pixel is the same.",
        "within 1/255": "Verified: no pixel differs by more than 1 of 255 levels.",
        "differs": f"Not the same: the largest difference is {largest} of 255 levels.",
    }.get(verdict, "The two runs cannot be compared: one has no picture, or their sizes differ.")
    changed = ", ".join(comparison["environment"])
    return f"{words} Around it changed: {changed}." if changed else words


def when(time: str | None) -> str:
    """Return a UTC time as people read it: ``today 14:03 UTC`` or ``3 Nov 2026 14:03 UTC``.

    In an element ``<time datetime>`` the page puts the visitor's own time in its place (``assets/page/times.js``).
    """
    if not time:
        return ""
    moment = datetime.fromisoformat(time)
    if moment.date() == datetime.now(UTC).date():
        return f"today {moment:%H:%M} UTC"
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"
