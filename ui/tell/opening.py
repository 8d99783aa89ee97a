"""What Tell shows when it is opened: the talk that was there before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from core import record
from core.actions import Actor
from core.errors import UnknownRunError
from core.runs import Run
from ui.services import Services
from ui.tell import conversation
from ui.tell.window import Window


def recall(
    services: Services, actor: Actor, window: Window, held: str, left: str, *, only_held: bool = False
) -> list[Run]:
    """Turn the window to the newest talk of this actor, or to a picture without one; return the runs of the talk.

    Args:
        services: what the page works with.
        actor: who looks.
        window: the window.
        held: SHA-256 of the picture that the browser had in front. Shown only if it is this actor's.
        left: a run id: older talks were left behind.
        only_held: a talk about another picture is not what the browser has in front.
    """
    runs = conversation.newest(services, actor, left)
    if runs and only_held and _picture(runs) != held:
        runs = []
    if runs:
        turn_to(services, window, runs)
    elif held and (services.library.brought(held, actor.name) or services.library.has_picture(held, actor=actor.name)):
        with suppress(UnknownRunError):
            window.show(services.pictures.load(held).sha256)
    return runs


def turn_to(services: Services, window: Window, runs: Sequence[Run]) -> None:
    """Turn the window to a talk, with its picture if that is still kept."""
    sha256 = _picture(runs)
    try:
        services.pictures.path(sha256)
    except UnknownRunError:
        sha256 = ""
    window.show(sha256, runs[-1].talk, [run.id for run in conversation.answered(runs)])


def _picture(runs: Sequence[Run]) -> str:
    return next(record.kept_pictures(runs[-1].request), "")
