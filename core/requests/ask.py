"""Answer a question about a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.actions import Action
from core.findings import Content, Stage
from core.media import Picture
from core.requests.bound import Name, Several, Text, Upload
from core.requests.field import check, described
from core.requests.generate import AUTO, MAX_PROMPT

MAX_TURNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer, earlier in the same conversation."""

    question: str = described(bound=Text(MAX_PROMPT, low=1), flat="history")
    answer: str = described(bound=Text(MAX_PROMPT), flat="history")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRequest:
    """Answer a question about a picture.

    Attributes:
        image: the picture.
        question: 1..2000 characters.
        history: earlier turns about the same picture, oldest first, at most 20.
        model: id in models.yaml, or ``auto``.
    """

    action: ClassVar[Action] = Action.ASK
    noun: ClassVar[str] = "question"
    doing: ClassVar[str] = "Asking about pictures"
    model_field: ClassVar[str] = "model"

    image: Picture = described(bound=Upload())
    question: str = described(bound=Text(MAX_PROMPT, low=1, empty="Write a question first."), label="Your question")
    history: tuple[Turn, ...] = described(
        default=(),
        bound=Several(Turn, MAX_TURNS, "turns", '{"question": "What is this?", "answer": "An apple."}'),
        what="earlier turns about this picture, oldest first",
        more="each with question and answer",
    )
    model: str = described(default=AUTO, bound=Name("id of an answer model, or auto"), label="Model")

    def __post_init__(self) -> None:
        check(self)

    @property
    def words(self) -> str:
        """The text a person reads in a list of runs."""
        return self.question

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures this request brings."""
        return (self.image,)

    def content(self) -> Content:
        """Return the words and the upload for the rules; earlier answers too, since a client may have written them."""
        said = tuple(("history", text) for turn in self.history for text in (turn.question, turn.answer) if text)
        return Content(stage=Stage.INPUT, texts=(("question", self.question), *said), pictures=(self.image,))
