"""While LLaVA generates: pieces of the answer to the job, and how sure the model was of each token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from transformers import LogitsProcessor, TextStreamer

from core.job import Job


class Speaker(TextStreamer):  # type: ignore[misc]  # transformers is not followed by mypy
    """Tells the job every finished word, in the thread that generates.

    Whatever the job raises, because somebody cancelled or a sentence was refused, ends the generation at that token.
    """

    def __init__(self, tokenizer: Any, job: Job) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._job = job

    def put(self, value: torch.Tensor) -> None:
        """Take one token, or first the question's; see TextStreamer."""
        self._job.check()
        super().put(value)

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:  # noqa: ARG002 - the library passes it
        """Hand a piece on; see TextStreamer."""
        if text:
            self._job.say(text)


class Certainty(LogitsProcessor):  # type: ignore[misc]  # transformers is not followed by mypy
    """Notes the probability of the likeliest token at each place, which is the one a greedy answer takes."""

    def __init__(self) -> None:
        self._noted: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - the library passes it
        """Return ``scores``, of shape (1, vocabulary), unchanged. The note stays on the device: nothing waits."""
        self._noted.append(torch.softmax(scores[0].float(), dim=-1).max())
        return scores

    def summary(self) -> Mapping[str, float]:
        """Return the mean and the lowest probability, 0..1, over the whole answer and its end."""
        values = torch.stack(self._noted).tolist()
        return {"mean": round(sum(values) / len(values), 4), "lowest": round(min(values), 4)}
