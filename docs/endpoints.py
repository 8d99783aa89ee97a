"""The tables of docs/api.md, made from the endpoints and the REST body themselves."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from server.rest.words import GenerateBody
from ui.endpoints import ENDPOINTS

_ARGUMENT = re.compile(r"^    (\w+): (.+)$", re.MULTILINE)


def endpoints() -> str:
    """Return what stands about each endpoint for programs: what it does and returns, and its parameters."""
    return "".join(f"\n{_endpoint(name, function)}" for name, function in offered())


def body() -> str:
    """Return the table of the fields of ``POST /generate``."""
    fields = sorted(GenerateBody.model_fields.items(), key=lambda each: not each[1].is_required())
    rows = (
        (name, "required" if field.is_required() else _default(field.default), str(field.description))
        for name, field in fields
    )
    return _table("field", rows)


def offered() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the name and the function of every endpoint for programs."""
    for kind in ENDPOINTS:
        yield from ((name, function) for name, function in vars(kind).items() if hasattr(function, "action"))


def _endpoint(name: str, function: Callable[..., Any]) -> str:
    words, _, arguments = (inspect.getdoc(function) or "").partition("\nArgs:\n")
    told = dict(_ARGUMENT.findall(arguments))
    known = [one for one in inspect.signature(function).parameters.values() if one.name not in {"self", "request"}]
    rows = (
        (one.name, "required" if one.default is one.empty else _default(one.default), told[one.name]) for one in known
    )
    return f"#### `/{name}`\n\n{' '.join(words.split())}\n{_table('parameter', rows) if known else ''}"


def _table(head: str, rows: Iterator[tuple[str, str, str]]) -> str:
    lines = (f"| `{name}` | {default} | {is_} |\n" for name, default, is_ in rows)
    return "".join((f"\n| {head} | default | is |\n|---|---|---|\n", *lines))


def _default(value: Any) -> str:
    return f"`{json.dumps(value)}`"
