"""A talk about one picture: the runs that share its id, and how the page shows them."""

from __future__ import annotations

from collections.abc import Sequence

from core.actions import Action, Actor
from core.errors import UnknownRunError
from core.requests import MAX_PROMPT, MAX_TURNS, TALKING, Turn
from core.runs import Run, Status
from ui.services import Services

DESCRIBE = "Describe the picture"

Messages = list[dict[str, str]]


def of(services: Services, actor: Actor, talk: str | None) -> list[Run]:
    """Return the questions and descriptions of a talk that this actor may see, oldest first."""
    everybody = actor.may(Action.SEE_ALL_RUNS)
    runs = services.library.talk(talk, actor=None if everybody else actor.name) if talk else ()
    return [run for run in runs if run.action in TALKING and services.studio.may_see(actor, run)]


def newest(services: Services, actor: Actor, after: str) -> list[Run]:
    """Return the runs of this actor's newest talk, or none if all of them are older than the run id ``after``."""
    if not actor.may(Action.SEE_OWN_RUNS):
        return []
    runs = of(services, actor, services.library.newest_talk(actor.name))
    return runs if runs and runs[-1].id > after else []


def named(services: Services, actor: Actor, run_id: str) -> list[Run]:
    """Return the runs of the talk that a run belongs to.

    Raises:
        UnknownRunError: there is no such run that this actor may see, or it belongs to no talk.
    """
    run = services.studio.get(actor, run_id)
    runs = of(services, actor, run.talk)
    if not runs:
        raise UnknownRunError("This run belongs to no talk.")
    return runs


def answered(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that came to an answer."""
    return [run for run in runs if run.status is Status.DONE]


def kept(services: Services, actor: Actor, run_ids: Sequence[str]) -> list[Run]:
    """Return those of these runs that are still there."""
    found = []
    for run_id in run_ids:
        try:
            found.append(services.studio.get(actor, run_id))
        except UnknownRunError:  # deleted meanwhile
            continue
    return found


def history(spoken: Sequence[Run]) -> tuple[Turn, ...]:
    """Return the answered turns, as many as a request may carry, oldest first."""
    turns = [run for run in answered(spoken) if run.answer]
    return tuple(Turn(question=run.words, answer=run.answer[:MAX_PROMPT]) for run in turns[-MAX_TURNS:])


def words(run: Run) -> str:
    """Return what was asked, as the talk shows it."""
    return DESCRIBE if run.action == Action.DESCRIBE else run.words


def messages(spoken: Sequence[Run], *, question: str = "", answer: str = "") -> Messages:
    """Return the talk as the page shows it, with a turn that is not finished yet at its end."""
    shown: Messages = []
    for run in spoken:
        shown += [_says("user", words(run)), _says("assistant", run.answer)]
    if question:
        shown.append(_says("user", question))
    if answer:
        shown.append(_says("assistant", answer))
    return shown


def _says(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
