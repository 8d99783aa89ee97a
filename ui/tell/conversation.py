"""A talk about one picture: kept as the ids of its runs, read back from the log whenever it is needed."""

from __future__ import annotations

from collections.abc import Sequence

from core.actions import Action, Actor
from core.requests import MAX_PROMPT, MAX_TURNS, Turn
from core.runs import Run, Status
from ui.services import Services

_ABOUT_PICTURES = (Action.ASK, Action.DESCRIBE)
# How many finished runs back the earlier turns of a talk are looked for.
_BACK = 200

Messages = list[dict[str, str]]


def runs(services: Services, actor: Actor, talk: Sequence[str]) -> list[Run]:
    """Return the runs of a talk."""
    return [services.studio.get(actor, run_id) for run_id in talk]


def before(services: Services, run: Run) -> list[Run]:
    """Return the earlier runs of the talk ``run`` belongs to, oldest first: what a reloaded page has forgotten.

    A question carries the turns before it, by which their runs are found. A description carries none: it goes on with
    the latest talk about its picture.
    """
    sha256 = _picture(run)
    listed = services.library.runs(actor=run.actor, status=Status.DONE, limit=_BACK)
    # Newest first, as the log lists them.
    older = [each for each in listed if each.queued <= run.queued and each.id != run.id and _picture(each) == sha256]
    if run.action == Action.DESCRIBE:
        return [*before(services, older[0]), older[0]] if older and older[0].action == Action.ASK else older[:1]
    turns = [(turn["question"], turn["answer"]) for turn in run.request.get("history", ())]
    found: list[Run] = []
    for each in older:
        if turns and (each.words, each.answer[:MAX_PROMPT].strip()) == turns[-1]:
            turns.pop()
            found.insert(0, each)
    return found


def _picture(run: Run) -> str | None:
    image = run.request.get("image") if run.action in _ABOUT_PICTURES else None
    return str(image["sha256"]) if image else None


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
