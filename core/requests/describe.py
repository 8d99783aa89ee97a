"""Describe a picture, also as its alternative text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.actions import Action
from core.findings import Content, Stage
from core.media import Picture
from core.requests.bound import Choice, Name, Upload
from core.requests.field import check, described
from core.requests.generate import AUTO

LENGTHS = ("short", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeRequest:
    """Describe a picture.

    Attributes:
        image: the picture.
        length: ``short`` (one phrase) or ``long`` (a few sentences).
        model: id in models.yaml, or ``auto``.
    """

    action: ClassVar[Action] = Action.DESCRIBE
    noun: ClassVar[str] = "description"
    doing: ClassVar[str] = "Having pictures described"
    model_field: ClassVar[str] = "model"

    image: Picture = described(bound=Upload())
    length: str = described(
        default="short", bound=Choice(LENGTHS), more="one phrase, or a few sentences", label="Length"
    )
    model: str = described(default=AUTO, bound=Name("id of an answer model, or auto"), label="Model")

    def __post_init__(self) -> None:
        check(self)

    @property
    def words(self) -> str:
        """The text a person reads in a list of runs."""
        return f"Describe the picture ({self.length})"

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures this request brings."""
        return (self.image,)

    def content(self) -> Content:
        """Return the upload for the rules."""
        return Content(stage=Stage.INPUT, pictures=(self.image,))
