"""A request with flat names, as programs write it: the parts and their fields side by side in one mapping."""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass
from types import MappingProxyType
from typing import Any

from core.errors import InvalidRequestError
from core.media import Picture
from core.requests.field import Described, description


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A field as the API offers it.

    Attributes:
        name: its flat name.
        path: the names of the fields that lead to it: ``("sampling", "steps")``.
        hint: its type.
        about: its description.
        default: its default in the API; MISSING if it must be given.
        unsaid: its default in the request itself, which is what a request kept before there was the field means.
    """

    name: str
    path: tuple[str, ...]
    hint: Any
    about: Described
    default: Any
    unsaid: Any

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING


@functools.cache
def parameters(kind: type) -> Mapping[str, Parameter]:
    """Return flat name -> parameter of a request class, those of its parts included, in the order of its fields."""
    return MappingProxyType({parameter.name: parameter for parameter in _of(kind, ())})


def brings_pictures(kind: type) -> bool:
    """Tell whether a request of this class can hold a picture that somebody brings."""
    return any(parameter.about.bound.kind is Picture for parameter in parameters(kind).values())


def to_flat(request: Any) -> dict[str, Any]:
    """Return flat name -> value, in the words of the API."""
    known = parameters(request.__class__)
    return {name: outside(parameter, value_of(request, parameter)) for name, parameter in known.items()}


def value_of(request: Any, parameter: Parameter) -> Any:
    """Return the value of a parameter as the request itself holds it."""
    for step in parameter.path:
        request = getattr(request, step)
    return request


def changed(request: Any, values: Mapping[str, Any]) -> Any:
    """Return the request with other values of these parameters, as the request itself holds them."""
    own: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for name, parameter in parameters(request.__class__).items():
        if name in values:
            inside = parts.setdefault(parameter.path[0], {}) if len(parameter.path) > 1 else own
            inside[parameter.path[-1]] = values[name]
    own |= {part: dataclasses.replace(getattr(request, part), **inner) for part, inner in parts.items()}
    return dataclasses.replace(request, **own)


def from_flat(kind: type, values: Mapping[str, Any]) -> Any:
    """Return the request of class ``kind``; a name that is not given has the default of the API.

    Raises:
        InvalidRequestError: an unknown name, one that is missing, or a value out of its bounds.
    """
    known = parameters(kind)
    for name in values:
        if name not in known:
            raise InvalidRequestError("request", name, f"the fields {', '.join(sorted(known))}")
    missing = next((one for one in known.values() if one.required and one.name not in values), None)
    if missing is not None:
        raise InvalidRequestError(missing.name, None, missing.about.sentence)
    defaults = {name: parameter.default for name, parameter in known.items() if not parameter.required}
    return _built(kind, nest(kind, {**defaults, **values}))


def nest(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` with each flat name in the part it belongs to; what is no flat name stays where it is."""
    own = {field.name for field in dataclasses.fields(kind)}
    nested: dict[str, Any] = {
        name: dict(value) if isinstance(value, dict) else value for name, value in values.items() if name in own
    }
    for name, value in values.items():
        if name in own:
            continue
        parameter = parameters(kind).get(name)
        if parameter is None:
            nested[name] = value
            continue
        part = nested
        for step in parameter.path[:-1]:
            part = part.setdefault(step, {})
        part[parameter.path[-1]] = parameter.about.none_is if value is None else value
    return nested


def outside(parameter: Parameter, value: Any) -> Any:
    """Return a value as the API writes it."""
    about = parameter.about
    if about.none_is is None:
        return value
    if value == about.none_is:
        return None
    return parameter.default if value is None else value


def _of(kind: type, above: tuple[str, ...]) -> Iterator[Parameter]:
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        path, about = (*above, field.name), description(field)
        if about is None:
            yield from _of(hints[field.name], path)
            continue
        default = field.default if about.flat_default is None else about.flat_default
        yield Parameter(
            name=about.flat or field.name,
            path=path,
            hint=hints[field.name],
            about=about,
            default=default,
            unsaid=field.default,
        )


def _built(kind: type, nested: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(
        **{
            name: _built(hints[name], value)
            if dataclasses.is_dataclass(hints[name]) and isinstance(value, dict)
            else value
            for name, value in nested.items()
        }
    )
