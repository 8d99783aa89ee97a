"""LLaVA on Replicate: a question about a picture, whose answer is shown as it grows."""

from __future__ import annotations

import base64
from typing import Any

from PIL import Image
from pydantic import Field

from core.errors import EngineFailedError
from core.job import Job
from core.media import Picture
from core.ports import Engine
from core.requests import AskRequest, DescribeRequest
from core.results import Product
from pipelines.machine.encoded import to_image, to_picture
from pipelines.replicate.account import Account, ReplicateOptions
from pipelines.replicate.predictions import Predictions


class Options(ReplicateOptions):
    """Options of a row in models.yaml.

    Attributes:
        temperature: above 0, since the service always samples. top_p: share of probability it samples from.
        max_tokens: of the answer.
        side: pixels of the longest side that is sent; the model itself looks at 336.
        describe_short: the question behind a short description. describe_long: behind a long one.
    """

    temperature: float = Field(default=0.2, gt=0, le=5)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=512, ge=1, le=1024)
    side: int = Field(default=512, ge=336, le=1024)
    describe_short: str = "Describe this picture in one short phrase."
    describe_long: str = "Describe this picture in three or four sentences."


class ReplicateAnswers(Engine):
    """See ``core.ports.Engine``."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._account = Account(options)
        self.environment = self._account.environment

    def run(self, request: AskRequest | DescribeRequest, job: Job) -> Product:
        """Answer. See ``core.ports.Engine.run``. The service takes no seed, so an answer cannot be repeated exactly."""
        options = self._options
        prompt = self._prompt(request)
        sampling = {"temperature": options.temperature, "top_p": options.top_p, "max_tokens": options.max_tokens}
        inputs = {"image": data_uri(request.image, options.side), "prompt": prompt, **sampling}
        listener = _Listener(job)
        with Predictions(self._account, job) as predictions:
            prediction = predictions.finish(inputs, listener)
        answer = job.end_of_answer().strip()
        if not answer:
            raise EngineFailedError("The model on Replicate gave an empty answer; ask in other words.")
        facts = {"prompt": prompt, **sampling, "predictions": [prediction.id], "repeatable": False}
        return Product(text=answer, facts=facts)

    def _prompt(self, request: AskRequest | DescribeRequest) -> str:
        if isinstance(request, DescribeRequest):
            return self._options.describe_short if request.length == "short" else self._options.describe_long
        if not request.history:
            return request.question
        # This model has no input for a conversation, so the earlier turns are told in its prompt.
        turns = "\n".join(f"Question: {turn.question}\nAnswer: {turn.answer}" for turn in request.history)
        return f"Earlier in this conversation about the picture:\n{turns}\n\nNow answer: {request.question}"


class _Listener:
    """Says what has been added to the growing output since the last look."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._heard = 0

    def __call__(self, prediction: Any) -> None:
        output = prediction.output or []
        pieces = [output] if isinstance(output, str) else list(output)
        if not pieces:
            self._job.step("remote")
        for piece in pieces[self._heard :]:
            self._job.say(str(piece))
        self._heard = max(self._heard, len(pieces))


def data_uri(picture: Picture, side: int) -> str:
    """Return the picture as a PNG data URI, made smaller if its longest side exceeds ``side`` pixels."""
    if max(picture.width, picture.height) > side:
        small = to_image(picture)
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture = to_picture(small)
    return f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}"


def build(options: Options) -> ReplicateAnswers:
    """Return the engine. Raises EngineUnavailableError if the key is missing."""
    return ReplicateAnswers(options)
