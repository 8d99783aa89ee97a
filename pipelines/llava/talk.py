"""A conversation about one picture, as LLaVA reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from core.errors import InvalidRequestError
from core.requests import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What is said, without the mark of the picture in anybody's words: a second mark would ask for a second picture.

    Attributes:
        question: the newest question.
        history: earlier turns, oldest first.
        ignored: name of a parameter that had not its whole effect -> why.
    """

    question: str
    history: tuple[Turn, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, question: str, history: tuple[Turn, ...], mark: str) -> Talk:
        """Return the talk. Raises InvalidRequestError if a question holds nothing but ``mark``."""

        def clean(text: str) -> str:
            return text.replace(mark, " ").strip()

        asked = clean(question)
        if not asked:
            allowed = "a question in words"
            raise InvalidRequestError("question", question, allowed, advice=f"Write {allowed}.")
        # A turn whose question was nothing but the mark asked nothing.
        turns = tuple(
            Turn(question=clean(turn.question), answer=clean(turn.answer)) for turn in history if clean(turn.question)
        )
        left_out = {"question": f"The mark {mark} stands for a picture and was left out."} if mark in question else {}
        if any(mark in turn.question + turn.answer for turn in history):
            left_out["history"] = f"The mark {mark} stands for a picture and was left out."
        return cls(question=asked, history=turns, ignored=left_out)

    def messages(self, image: Image.Image) -> list[dict[str, Any]]:
        """Return the chat messages; the picture stands before the first question."""
        spoken: list[tuple[str, str]] = []
        for turn in self.history:
            spoken += [("user", turn.question), ("assistant", turn.answer)]
        spoken.append(("user", self.question))
        messages: list[dict[str, Any]] = [
            {"role": role, "content": [{"type": "text", "text": text}]} for role, text in spoken
        ]
        messages[0]["content"].insert(0, {"type": "image", "image": image})
        return messages


def fitting(talk: Talk, image: Image.Image, processor: Any, room: int) -> tuple[Talk, Any]:
    """Return the talk, without its oldest turns if it is too long, and the tensors for ``generate``.

    Args:
        talk: the conversation.
        image: RGB.
        processor: of the model.
        room: tokens that picture and words may take.

    Raises:
        InvalidRequestError: the question alone is too long for the model.
    """
    for left_out in range(len(talk.history) + 1):
        shorter = replace(talk, history=talk.history[left_out:])
        inputs = processor.apply_chat_template(
            shorter.messages(image), add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        )
        if inputs["input_ids"].shape[1] <= room:
            why = {"history": f"The model reads {room} tokens; the oldest {left_out} turns were left out."}
            return replace(shorter, ignored={**talk.ignored, **(why if left_out else {})}), inputs
    allowed = f"a question that takes, with its picture, at most {room} tokens"
    raise InvalidRequestError("question", talk.question, allowed, advice="Ask it in fewer words.")
