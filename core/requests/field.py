"""What is said once about each field of a request: its bounds, its sentence, its label.

Everything else derives from it: the check when a request is made, the signature and docstring of the endpoint, the REST
body and its OpenAPI description, the table in docs/api.md, the tooltips of the form.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from typing import Any

from core.requests.bound import Bound

_KEY = "described"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLimit:
    """A limit of roles that bounds a field.

    Attributes:
        name: its name in roles.yaml.
        amount: what there can be so many of, as words after the number: ``pictures at once``.
    """

    name: str
    amount: str

    def of(self, most: int) -> str:
        """Return an amount in words: ``2 pictures at once``, ``1 picture at once``."""
        noun, _, rest = self.amount.partition(" ")
        return f"{most} {noun.removesuffix('s') if most == 1 else noun} {rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The description of one field.

    Attributes:
        bound: what values it takes.
        what: what it is, in a few words; the bounds are added to them.
        more: what there is to say after the bounds.
        label: its name in a form; empty for a field that no form shows.
        none: what None stands for; empty for a field that must have a value.
        flat: its name in the API, where that differs from the name of the field.
        flat_default: its default in the API, where that differs; None for the same.
        none_is: the value that None means in the API, where None inside means something else.
        own: the value that leaves the choice to the model.
        needs: the ability a model must have for this field to have an effect; empty if every model has it.
        limit: the limit of a role that says how high it may be; None for a field that is the same for all roles.
    """

    bound: Bound
    what: str = ""
    more: str = ""
    label: str = ""
    none: str = ""
    flat: str = ""
    flat_default: Any = None
    none_is: Any = None
    own: Any = None
    needs: str = ""
    limit: RoleLimit | None = None

    @property
    def sentence(self) -> str:
        """The whole description for people: what it is, its bounds, what None means."""
        whole = f"{self.what}, {self.bound.words}" if self.what else self.bound.words
        if self.none:
            whole += f"; none for {self.none}"
        return f"{whole}; {self.more}" if self.more else whole

    def check(self, name: str, value: object) -> Any:
        """Return the value as it is kept. Raises InvalidRequestError."""
        if value is None and self.none:
            return None
        return self.bound.check(name, value)


def described(*, default: Any = MISSING, default_factory: Callable[[], Any] | Any = MISSING, **words: Any) -> Any:
    """Return a dataclass field with its description; ``words`` are the attributes of Described."""
    metadata = {_KEY: Described(**words)}
    if default_factory is not MISSING:
        return dataclasses.field(default_factory=default_factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def description(field: dataclasses.Field[Any]) -> Described | None:
    """Return the description of a field, or None for a part, whose own fields are described."""
    about = field.metadata.get(_KEY)
    return about if isinstance(about, Described) else None


def check(request: Any) -> None:
    """Check every described field of a frozen request in place; parts have checked themselves.

    Raises:
        InvalidRequestError: names the field as the API does, the value and what is allowed.
    """
    for field in dataclasses.fields(request):
        about = description(field)
        if about is not None:
            value = about.check(about.flat or field.name, getattr(request, field.name))
            object.__setattr__(request, field.name, value)
