"""YAML that people edit, read without its surprises: no objects, no key twice, one sentence if it is broken."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

# Files that people write by hand are far smaller; what is larger was not meant for us.
_MOST_CHARACTERS = 1_000_000

_Model = TypeVar("_Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """The safe loader, except that a key given twice is an error: the last one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                problem = "is there twice" if isinstance(key, str) else "is not a word"
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} {problem}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse(text: str, model: type[_Model], name: str) -> _Model:
    """Return ``text`` as ``model``.

    Args:
        text: the file.
        model: a pydantic model; it decides which keys exist.
        name: of the file, for the sentence.

    Raises:
        ValueError: anything is wrong with it; the sentence lists every problem with its place.
    """
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"{name} has {len(text)} characters; at most {_MOST_CHARACTERS} are read.")
    try:
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is the safe loader with one check more
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise ValueError(f"{name} is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        problems = "; ".join(_problem(one["loc"], one["msg"]) for one in error.errors())
        raise ValueError(f"{name} cannot be used: {problems}.") from error


def _problem(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place)) or 'the file'}: {message}"
