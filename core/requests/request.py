"""What every request is, whatever it asks for."""

from __future__ import annotations

from typing import ClassVar, Protocol

from core.actions import Action
from core.findings import Content
from core.media import Picture


class Request(Protocol):
    """A frozen dataclass that says what is asked for.

    Attributes:
        action: the unit of permission, and the word in the log.
        noun: what people call one of them in a list of runs.
        doing: what people call it in a sentence about permission: "Making pictures needs the role ...".
        model_field: the field that names the model.
    """

    action: ClassVar[Action]
    noun: ClassVar[str]
    doing: ClassVar[str]
    model_field: ClassVar[str]

    @property
    def model(self) -> str:
        """Id of a model, or ``auto``."""
        ...

    @property
    def words(self) -> str:
        """The text a person reads in a list of runs."""
        ...

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures it brings."""
        ...

    def content(self) -> Content:
        """Return its words and pictures for the rules."""
        ...
