"""Endpoints that take a request: parameters, defaults and sentences come from the fields of its class."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import Request, Turn
from core.requests.flat import Parameter, from_flat, parameters
from ui.framework import incoming

Handler = Callable[..., Any]


def takes(kind: type[Request]) -> Callable[[Handler], Handler]:
    """Give ``handler(self, visit, request, ...)`` the parameters of ``kind`` in place of ``request``.

    What else the handler takes comes after them, and its docstring describes that alone.
    """

    def decorate(handler: Handler) -> Handler:
        known = parameters(kind)

        @functools.wraps(handler)
        def wrapper(self: Any, visit: Any, *values: Any, **named: Any) -> Any:
            names = [name for name in signature.parameters if name not in {"self", "visit"}]
            arguments = {**dict(zip(names, values, strict=False)), **named}
            fields = {
                name: _read(self.services, visit, known[name], arguments.pop(name))
                for name in known
                if name in arguments
            }
            return handler(self, visit, from_flat(kind, fields), **arguments)

        signature = _signature(handler, known.values())
        wrapper.__signature__ = signature  # type: ignore[attr-defined]  # what inspect.signature answers with
        wrapper.__annotations__ = {
            name: parameter.annotation for name, parameter in signature.parameters.items() if name != "self"
        } | {"return": handler.__annotations__["return"]}
        wrapper.__doc__ = _docstring(handler, known.values())
        return wrapper

    return decorate


def _signature(handler: Handler, known: Any) -> inspect.Signature:
    own = list(inspect.signature(handler).parameters.values())
    fields = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=inspect.Parameter.empty if one.required else _outside(one.default),
            annotation=_hint(one),
        )
        for one in known
    ]
    # self, visit, then the request's own parameters, which stand for ``request``.
    return inspect.Signature([*own[:2], *fields, *own[3:]])


def _hint(parameter: Parameter) -> Any:
    kind = gr.FileData if parameter.about.bound.kind is Picture else parameter.about.bound.kind
    return kind | None if parameter.about.none else kind


def _outside(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _docstring(handler: Handler, known: Any) -> str:
    head, separator, rest = inspect.getdoc(handler).partition("\nArgs:\n")  # type: ignore[union-attr]  # every endpoint has one
    lines = [f"    {one.name}: {one.about.sentence}" for one in known]
    return "\n".join([head.rstrip(), "", "Args:", *lines, *([rest] if separator else [])])


def _read(services: Any, visit: Any, parameter: Parameter, value: Any) -> Any:
    """Return what a program sent as the request takes it."""
    kind = parameter.about.bound.kind
    if value is None and parameter.about.none:
        return None
    if kind is Picture:
        return incoming.picture(services, value, parameter.name, actor=visit.actor)
    return tuple(_turns(value)) if kind == list[dict[str, str]] else value


def _turns(history: Any) -> Iterator[Turn]:
    allowed = 'a list of turns such as {"question": "What is this?", "answer": "An apple."}'
    if not isinstance(history, list):
        raise InvalidRequestError("history", history, allowed)
    for turn in history:
        if not isinstance(turn, dict) or set(turn) != {"question", "answer"}:
            raise InvalidRequestError("history", turn, allowed)
        yield Turn(question=turn["question"], answer=turn["answer"])
