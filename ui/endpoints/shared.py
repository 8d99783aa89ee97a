"""What all endpoints share: how one is added to the API, waits for its run, returns files and reports failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from core.actions import Actor
from core.errors import StudioError
from core.requests import Request
from core.runs import Run, Status
from ui.parts import named, sentences
from ui.permission import title
from ui.services import Services

SOURCE = "api"


def endpoint(function: Callable[..., Any], name: str) -> None:
    """Add ``function`` to the API as ``/name``; the lanes decide how many runs are worked on at once."""
    gr.api(function, api_name=name, concurrency_limit=None)


def file(path: Path) -> dict[str, Any]:
    """Return a file as Gradio sends it: byte for byte, metadata included."""
    data: dict[str, Any] = gr.FileData(path=str(path), orig_name=path.name).model_dump()
    return data


def run(services: Services, actor: Actor, request: Request, *, parent: str | None = None) -> Run:
    """Submit a request and wait for the end of its run. Raises as ``finished``."""
    return finished(wait(services, actor, services.studio.submit(actor, request, source=SOURCE, parent=parent)))


def wait(services: Services, actor: Actor, run_id: str) -> Run:
    """Wait for the end of a run and return it; a program that cancels its call cancels the run."""
    with services.calls.stopping(lambda: services.studio.cancel(actor, run_id)):
        return services.studio.result(actor, run_id)


def finished(run: Run) -> Run:
    """Return a run that is done; any other end is an error with its sentence and the id to look it up."""
    if run.status is Status.DONE:
        return run
    raise gr.Error(f"{sentences.ended(run)} (run {run.id})", title=title(run.code), print_exception=False)


def pictures(services: Services, run: Run) -> list[dict[str, Any]]:
    """Return the files of a run in the order of the seeds; refused ones are in the record, with their reason."""
    with delivering(run):
        return [file(named.picture(services, run, picture)) for picture in run.pictures if not picture.blocked]


@contextmanager
def delivering(run: Run) -> Iterator[None]:
    """Name the run in the error if its files cannot be handed out: it is done, and its record can be looked up."""
    try:
        yield
    except (StudioError, OSError) as error:
        sentence = f"The run is done, but what it made cannot be handed out: {error} (run {run.id})"
        raise gr.Error(sentence, title=title("failed"), print_exception=False) from error
