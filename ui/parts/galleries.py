"""Pictures of runs as the galleries of the page take them: paths and captions, never decoded pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import gradio as gr

from core import record
from core.actions import Action, Actor
from core.errors import InvalidRequestError, UnknownRunError
from core.runs import Run
from ui.services import Services

_LATEST = 16

Items = list[tuple[str, str]]
Item = TypeVar("Item")


def strip(label: str, elem_id: str, *, columns: int, **named: Any) -> gr.Gallery:
    """Return a row of small pictures to choose from; ``named`` goes to the gallery."""
    return gr.Gallery(
        label=label,
        elem_id=elem_id,
        elem_classes="strip",
        columns=columns,
        interactive=False,
        allow_preview=False,
        fit_columns=False,
        object_fit="cover",
        height="auto",
        buttons=[],
        **named,
    )


def thumbnail(services: Services, run: Run) -> str | None:
    """Return the small picture that stands for a run: the first it made, or the first that was brought."""
    first = next((picture.sha256 for picture in run.pictures if not picture.blocked), None)
    sha256 = first or next(record.kept_pictures(run.request), None)
    if sha256 is None:
        return None
    try:
        return str(services.pictures.thumbnail(sha256))
    except UnknownRunError:
        # A refused upload was never kept.
        return None


def latest(services: Services, actor: Actor) -> tuple[list[str], Items]:
    """Return the ids of this person's latest runs with pictures, and their thumbnails, however they ended."""
    if not actor.may(Action.SEE_OWN_RUNS):
        return [], []
    runs = [run for run in _pictured(services, actor, _LATEST) if run.status.final]
    items = [(run, small) for run in runs if (small := thumbnail(services, run))]
    return [run.id for run, _ in items], [(small, run.words) for run, small in items]


def newest(services: Services, actor: Actor) -> Run | None:
    """Return this person's newest ended run with a picture; None if there is none, or none may be seen."""
    runs = _pictured(services, actor, _LATEST) if actor.may(Action.SEE_OWN_RUNS) else ()
    return next((run for run in runs if run.status.final), None)


def _pictured(services: Services, actor: Actor, limit: int) -> Sequence[Run]:
    return services.library.runs(actor=actor.name, action=Action.GENERATE, pictured=True, limit=limit)


def chosen(items: Sequence[Item], index: object) -> Item:
    """Return what a browser says was chosen. Raises InvalidRequestError unless there is such a thing."""
    if not isinstance(index, int) or not 0 <= index < len(items):
        raise InvalidRequestError("index", index, f"a whole number from 0 to {len(items) - 1}")
    return items[index]
