"""A talk about one picture: kept as the ids of its runs, read back from the log whenever it is needed."""

from __future__ import annotations

from collections.abc import Sequence

from core.actions import Actor
from core.requests import MAX_PROMPT, MAX_TURNS, Turn
from core.runs import Run, Status
from ui.desk import Desk

Messages = list[dict[str, str]]


def runs(desk: Desk, actor: Actor, talk: Sequence[str]) -> list[Run]:
    """Return the runs of a talk."""
    return [desk.studio.get(actor, run_id) for run_id in talk]


def history(spoken: Sequence[Run]) -> tuple[Turn, ...]:
    """Return the answered turns, as many as a request may carry, oldest first."""
    answered = [run for run in spoken if run.status is Status.DONE and run.answer]
    return tuple(Turn(question=run.words, answer=run.answer[:MAX_PROMPT]) for run in answered[-MAX_TURNS:])


def messages(spoken: Sequence[Run], *, question: str = "", answer: str = "") -> Messages:
    """Return the talk as the page shows it, with a turn that is not finished yet at its end."""
    shown: Messages = []
    for run in spoken:
        shown += [_says("user", run.words), _says("assistant", run.answer or run.message)]
    if question:
        shown.append(_says("user", question))
    if answer:
        shown.append(_says("assistant", answer))
    return shown


def _says(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
