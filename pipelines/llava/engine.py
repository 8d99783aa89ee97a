"""LLaVA on this machine: a question about a picture, answered sentence by sentence. Any weights of that family."""

from __future__ import annotations

import threading
import time
from typing import Any, Literal

import torch
from pydantic import Field
from transformers import AutoModelForImageTextToText, AutoProcessor, BitsAndBytesConfig, LogitsProcessorList
from transformers.utils import logging as transformers_logging

from core.errors import EngineFailedError, EngineUnavailableError
from core.job import Job
from core.ports import Engine
from core.requests import AskRequest, DescribeRequest
from core.results import Measure, Product
from pipelines.catalogue.options import EngineOptions
from pipelines.llava.stream import Certainty, Speaker
from pipelines.llava.talk import Talk, fitting
from pipelines.machine import torch_device, weights
from pipelines.machine.encoded import to_image

_PACKAGES = ("torch", "transformers")
_SHORTER = "Ask a shorter question, or choose a smaller model."
# Pictures and the way to the words stay in full precision; they are small. bitsandbytes wants the names in memory.
_FULL_PRECISION = ["model.vision_tower", "model.multi_modal_projector", "lm_head"]


class Options(EngineOptions):
    """Options of a row in models.yaml.

    Attributes:
        weights: folder, or ``owner/name`` on the hub.
        four_bit: on CUDA hold the words' part in four bits (nf4): a quarter of the memory, somewhat slower.
        max_new_tokens: longest answer.
        describe_short: the question behind a short description. describe_long: behind a long one.
        device: ``auto`` is CUDA where it works.
    """

    weights: str
    four_bit: bool = False
    max_new_tokens: int = Field(default=384, ge=1, le=4096)
    describe_short: str = "Describe this picture in one short phrase."
    describe_long: str = "Describe this picture in three or four sentences."
    device: Literal["auto", "cpu", "cuda"] = "auto"


def build(options: Options) -> Llava:
    """Load the model. See ``core.ports.Engines.get``.

    Raises:
        EngineUnavailableError: weights are missing or broken.
        EngineFailedError: the device has too little memory.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    device = torch_device.choose(options.device)
    kept: dict[str, Any] = {"local_files_only": not options.hub}
    source = weights.source_of(options.weights)
    with torch_device.memory_guarded("Close other programs, or choose a smaller model."):
        try:
            processor = AutoProcessor.from_pretrained(source, **kept)
            model = AutoModelForImageTextToText.from_pretrained(source, **kept, **_precision(device, options.four_bit))
        except (OSError, ValueError) as error:
            raise EngineUnavailableError(f"The weights of {options.weights} cannot be loaded: {error}") from error
        if not options.four_bit or device.type == "cpu":
            model.to(device)
        return Llava(options, model.eval(), processor)


def _precision(device: torch.device, four_bit: bool) -> dict[str, Any]:
    if device.type == "cpu":
        # Half precision and four bits save memory on a processor, and take ten to forty times as long.
        return {"dtype": torch.float32}
    if not four_bit:
        return {"dtype": torch.bfloat16}
    quantised = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=torch.bfloat16,
        bnb_4bit_use_double_quant=True,
        llm_int8_skip_modules=_FULL_PRECISION,
    )
    return {"dtype": torch.bfloat16, "quantization_config": quantised, "device_map": {"": device}}


class Llava(Engine):
    """See ``core.ports.Engine``. Answers are greedy, so the same question gets the same answer."""

    def __init__(self, options: Options, model: Any, processor: Any) -> None:
        self._options = options
        self._model = model
        self._processor = processor
        self._preparing = threading.Lock()
        mark = weights.fingerprint([(options.weights, "config.json")])
        self.environment = {
            **torch_device.environment(model.device, model.dtype, mark, _PACKAGES),
            "four_bit": bool(getattr(model, "is_loaded_in_4bit", False)),
        }

    def run(self, request: AskRequest | DescribeRequest, job: Job) -> Product:
        """Answer, telling ``job`` each piece as it comes. See ``core.ports.Engine.run``."""
        with torch_device.memory_guarded(_SHORTER), torch.inference_mode():
            return self._answer(request, job)

    def _answer(self, request: AskRequest | DescribeRequest, job: Job) -> Product:
        started = time.perf_counter()
        job.step("answering")
        image = to_image(request.image)
        room = self._model.config.get_text_config().max_position_embeddings - self._options.max_new_tokens
        # Fast tokenizers cannot be shared by two threads at the same moment.
        with self._preparing:
            talk, inputs = fitting(self._talk(request), image, self._processor, room)
        speaker = Speaker(self._processor.tokenizer, job)
        certainty = Certainty()
        tokens = self._model.generate(
            **inputs.to(self._model.device, dtype=self._model.dtype),
            max_new_tokens=self._options.max_new_tokens,
            do_sample=False,
            streamer=speaker,
            logits_processor=LogitsProcessorList([certainty]),
        )
        text = job.end_of_answer().strip()
        if not text:
            raise EngineFailedError("The model had no answer to this question. Ask it in other words.")
        made = tokens.shape[1] - inputs["input_ids"].shape[1]
        sure = certainty.summary()
        facts = {
            "question": talk.question,
            "confidence": sure,
            "tokens": made,
            "complete": made < self._options.max_new_tokens,
            "seconds": {"answer": round(time.perf_counter() - started, 4)},
            "ignored": dict(talk.ignored),
        }
        measures = tuple(
            Measure(name=f"confidence_{name}", value=value, unit="probability") for name, value in sure.items()
        )
        return Product(text=text, facts=facts, measures=measures)

    def _talk(self, request: AskRequest | DescribeRequest) -> Talk:
        if isinstance(request, AskRequest):
            return Talk.of(request.question, request.history, self._processor.image_token)
        long = request.length == "long"
        return Talk(question=self._options.describe_long if long else self._options.describe_short)
