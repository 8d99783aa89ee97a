"""Speak a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.actions import Action
from core.findings import Content, Stage
from core.media import Picture
from core.requests.bound import Name, Tag, Text
from core.requests.field import check, described
from core.requests.generate import AUTO

MAX_SPOKEN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequest:
    """Speak a text.

    Attributes:
        text: 1..1000 characters.
        language: IETF language tag such as ``en``.
        voice: id of a speech model, or ``auto``: gTTS where Google is reached, else the offline voice.
    """

    action: ClassVar[Action] = Action.SPEAK
    noun: ClassVar[str] = "speech"
    doing: ClassVar[str] = "Having text spoken"
    model_field: ClassVar[str] = "voice"

    text: str = described(bound=Text(MAX_SPOKEN, low=1), label="Text")
    language: str = described(default="en", bound=Tag(), label="Language")
    voice: str = described(
        default=AUTO,
        bound=Name(
            "id of a voice, or auto: Google's where it is reached (it then gets the text), else the offline voice"
        ),
        label="Voice",
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def model(self) -> str:
        """The voice under the name every request has for its model."""
        return self.voice

    @property
    def words(self) -> str:
        """The text a person reads in a list of runs."""
        return self.text

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures this request brings."""
        return ()

    def content(self) -> Content:
        """Return the words for the rules."""
        return Content(stage=Stage.INPUT, texts=(("text", self.text),))
