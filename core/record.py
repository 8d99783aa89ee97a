"""Requests as JSON: what a row of the run log keeps, and how it becomes a request again.

Everything goes by type: a field of whatever name that holds a picture, a tuple or a part is kept and comes back.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from core.actions import Action
from core.admission.excerpt import SHORTENED
from core.errors import InvalidRequestError
from core.media import Picture
from core.requests import REQUESTS, Request
from core.requests.flat import nest, outside, parameters

_Load = Callable[[str], Picture]


def to_json(request: Request) -> dict[str, Any]:
    """Return plain JSON values; a picture becomes ``{"sha256", "width", "height"}``, a part an object of its own."""
    return cast("dict[str, Any]", _plain(request))


def from_json(action: Action, values: Mapping[str, Any], load: _Load) -> Request:
    """Rebuild the request of ``action``.

    Args:
        action: names the class.
        values: what ``to_json`` returned, now or when the log still kept all fields side by side.
        load: gives the picture of a SHA-256.

    Raises:
        InvalidRequestError: ``values`` has an unknown field, lacks one, breaks a bound, or was not kept whole.
    """
    if SHORTENED in values:
        raise InvalidRequestError("run", "refused, and kept in short", "a run whose request was kept whole")
    kind = _kind(action)
    return cast("Request", _built(kind, nest(kind, values), load))


def flat(action: Action, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kept request with the flat names of the API; pictures stay ``{"sha256", "width", "height"}``."""
    kind = REQUESTS.get(action)
    if kind is None:
        return dict(values)
    nested, flattened = nest(kind, values), {}
    for name, parameter in parameters(kind).items():
        value: Any = nested
        for step in parameter.path:
            value = value.get(step, parameter.unsaid) if isinstance(value, Mapping) else parameter.unsaid
        flattened[name] = outside(parameter, None if value is dataclasses.MISSING else value)
    return flattened


def kept_pictures(values: Any) -> Iterator[str]:
    """Yield the SHA-256 of every picture in what ``to_json`` returned, in the order of the fields."""
    if isinstance(values, Mapping):
        if isinstance(values.get("sha256"), str):
            yield values["sha256"]
        values = list(values.values())
    if isinstance(values, list):
        for inside in values:
            yield from kept_pictures(inside)


def pictures(request: Request) -> tuple[Picture, ...]:
    """Return every picture a request holds, in whatever part, in the order of its fields."""
    return tuple(_pictures(request))


def _kind(action: Action) -> type[Request]:
    kind = REQUESTS.get(action)
    if kind is None:
        raise InvalidRequestError("action", str(action), f"one of {', '.join(REQUESTS)}")
    return kind


def _plain(value: Any) -> object:
    match value:
        case Picture():
            return {"sha256": value.sha256, "width": value.width, "height": value.height}
        case tuple():
            return [_plain(one) for one in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def _pictures(value: Any) -> Iterator[Picture]:
    match value:
        case Picture():
            yield value
        case tuple():
            for one in value:
                yield from _pictures(one)
        case _ if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                yield from _pictures(getattr(value, field.name))


def _built(kind: Any, values: Mapping[str, Any], load: _Load) -> Any:
    hints = typing.get_type_hints(kind)
    fields = [field.name for field in dataclasses.fields(kind)]
    for name in values:
        if name not in fields:
            raise InvalidRequestError("request", name, f"the fields {', '.join(sorted(fields))}")
    lacking = [
        field.name
        for field in dataclasses.fields(kind)
        if field.default is field.default_factory is dataclasses.MISSING and field.name not in values
    ]
    if lacking:
        raise InvalidRequestError("request", ", ".join(sorted(values)), f"one with {', '.join(lacking)}")
    return kind(**{name: _value(hints[name], value, load) for name, value in values.items()})


def _value(hint: Any, value: Any, load: _Load) -> Any:
    """Return a JSON value as the type of its field has it; what does not fit is left for the field's own check."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        kinds = [one for one in inside if one is not type(None)]
        return _value(kinds[0], value, load) if value is not None and len(kinds) == 1 else value
    if origin is tuple and isinstance(value, list):
        each = [inside[0]] * len(value) if inside[1:] == (...,) else inside
        return tuple(_value(one, item, load) for one, item in zip(each, value, strict=False))
    if isinstance(value, Mapping) and hint is Picture:
        return load(str(value.get("sha256", "")))
    if isinstance(value, Mapping) and dataclasses.is_dataclass(hint):
        return _built(hint, value, load)
    return value
