"""Every function of the page declares the one action it needs, and refuses whoever lacks it. Hiding is not enough."""

from __future__ import annotations

import functools
import inspect
import logging
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import gradio as gr

from core.actions import Action
from core.errors import StudioError
from core.failures import failure
from ui.services import Visit, visit

_log = logging.getLogger(__name__)

# For every event of the page itself: nobody calls it by name, nothing waits for another event, no output is greyed out.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}


def title(code: str) -> str:
    """Return the headline for people of a stable error code."""
    return failure(code).title


def needs(action: Action) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method ``handler(self, visit, ...)`` of a class with ``services`` as one that needs ``action``.

    Gradio sees ``handler(self, request, ...)``; the request becomes a Visit, and the permission is checked here
    once more, behind the gate. Errors leave as sentences: as HTML for the page, whose toasts take them for that, and as
    plain text where the class says ``for_programs = True``.
    """

    def mark(handler: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(handler):

            @functools.wraps(handler)
            def guarded(self: Any, request: Any, *values: Any, **named: Any) -> Any:
                with _sentences(self, handler):
                    yield from handler(self, _authorise(self, request, action), *values, **named)
        else:

            @functools.wraps(handler)
            def guarded(self: Any, request: Any, *values: Any, **named: Any) -> Any:
                with _sentences(self, handler):
                    return handler(self, _authorise(self, request, action), *values, **named)

        _show_gradio(guarded, handler)
        guarded.action = action  # type: ignore[attr-defined]  # the gate reads it from the function
        return guarded

    return mark


def table(demo: gr.Blocks) -> tuple[dict[int, Action], dict[str, int]]:
    """Return what each function of the page needs, by index, and the index of each API name.

    Raises:
        RuntimeError: a function declares no action, or one has no name of its own. The program must not start.
    """
    permissions: dict[int, Action] = {}
    names: dict[str, int] = {}
    for index, function in demo.fns.items():
        if function.fn is None:
            continue
        action = getattr(function.fn, "action", None)
        if not isinstance(action, Action):
            # Not a TypeError: it says that the page was built wrongly.
            raise RuntimeError(  # noqa: TRY004 - see above
                f"the function {function.name!r} ({index}) of the page declares no action"
            )
        name = function.api_name
        if not isinstance(name, str) or name in names:
            raise RuntimeError(f"the function {function.name!r} ({index}) has no API name of its own: {name!r}")
        permissions[index], names[name] = action, index
    return permissions, names


def public(demo: gr.Blocks) -> frozenset[int]:
    """Return the indexes of the functions that are described to scripts."""
    return frozenset(
        index for index, function in demo.fns.items() if function.fn and function.api_visibility == "public"
    )


def _authorise(owner: Any, request: Any, action: Action) -> Visit:
    admitted = visit(owner.services, request)
    owner.services.access.require(admitted.actor, action)
    return admitted


@contextmanager
def _sentences(owner: Any, handler: Callable[..., Any]) -> Iterator[None]:
    try:
        yield
    except StudioError as error:
        raise _error(owner, str(error), error.code) from error
    except (gr.Error, GeneratorExit):
        raise
    except Exception as error:
        _log.exception("%s broke", handler.__qualname__)
        sentence = "This did not work, and it is not your fault. The log of this server has the details."
        raise _error(owner, sentence, "failed") from error


def _error(owner: Any, sentence: str, code: str) -> gr.Error:
    words = sentence if getattr(owner, "for_programs", False) else escape(sentence, quote=False)
    return gr.Error(words, title=title(code), print_exception=False)


def _show_gradio(guarded: Callable[..., Any], handler: Callable[..., Any]) -> None:
    """Give ``guarded`` the signature Gradio reads: the request first, every annotation resolved now.

    Gradio drops all hints of a function when one of them cannot be resolved, and the visitor with them.
    """
    hints = typing.get_type_hints(handler)
    signature = inspect.signature(handler)
    parameters = []
    for name, parameter in signature.parameters.items():
        if hints.get(name) is Visit:
            parameters.append(parameter.replace(name="request", annotation=gr.Request))
        else:
            parameters.append(parameter.replace(annotation=hints.get(name, parameter.annotation)))
    returns = hints.get("return", signature.return_annotation)
    seen = inspect.Signature(parameters, return_annotation=returns)
    guarded.__signature__ = seen  # type: ignore[attr-defined]  # what inspect.signature answers with
    guarded.__annotations__ = {p.name: p.annotation for p in parameters if p.annotation is not p.empty}
    guarded.__annotations__["return"] = returns
