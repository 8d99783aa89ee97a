from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from core.errors import BlockedError, EngineFailedError, EngineUnavailableError, InvalidRequestError, RunCancelledError
from core.job import Job
from core.media import Picture
from core.requests import AskRequest, DescribeRequest, Turn
from pipelines.llava.engine import Llava, Options, _precision, build
from tests.pipelines.tiny_models import save_llava_next
from tests.pipelines.watched_job import WatchedJob

LENGTH = 12


def picture(mode: str = "RGB", colour: Any = (200, 30, 30)) -> Picture:
    file = io.BytesIO()
    Image.new(mode, (20, 16), colour).save(file, "PNG")
    return Picture(png=file.getvalue(), width=20, height=16)


RED = picture()


@pytest.fixture(scope="module")
def engine(llava_folder: Path) -> Llava:
    return build(Options(weights=str(llava_folder), max_new_tokens=LENGTH, device="cpu"))


def test_the_streamed_answer_is_the_generated_one(engine: Llava, llava_folder: Path) -> None:
    model = AutoModelForImageTextToText.from_pretrained(llava_folder)
    processor = AutoProcessor.from_pretrained(llava_folder)
    content = [
        {"type": "image", "image": Image.new("RGB", (20, 16), (200, 30, 30))},
        {"type": "text", "text": "what is it ?"},
    ]
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
    made = model.generate(
        **inputs, max_new_tokens=LENGTH, do_sample=False, output_scores=True, return_dict_in_generate=True
    )
    tokens = made.sequences[0, inputs["input_ids"].shape[1] :]
    sure = torch.stack([torch.softmax(scores[0], -1)[token] for scores, token in zip(made.scores, tokens, strict=True)])

    product = engine.run(AskRequest(image=RED, question="what is it ?"), WatchedJob())

    assert product.text == processor.tokenizer.decode(tokens, skip_special_tokens=True).strip()
    assert product.facts["tokens"] == len(tokens)
    assert product.facts["confidence"]["mean"] == pytest.approx(sure.mean().item(), abs=1e-3)
    assert product.facts["confidence"]["lowest"] == pytest.approx(sure.min().item(), abs=1e-3)
    assert product.facts["question"] == "what is it ?"


def test_the_same_question_gets_the_same_answer(engine: Llava) -> None:
    request = AskRequest(image=RED, question="what ?", history=(Turn(question="is it a cat ?", answer="yes ."),))
    assert engine.run(request, WatchedJob()).text == engine.run(request, WatchedJob()).text


@pytest.mark.parametrize("length", ["short", "long"])
def test_a_description_answers_its_own_question(llava_folder: Path, length: str) -> None:
    options = Options(
        weights=str(llava_folder), max_new_tokens=4, describe_short="what ?", describe_long="describe the picture ."
    )
    product = build(options).run(DescribeRequest(image=RED, length=length), WatchedJob())
    assert product.facts["question"] == ("what ?" if length == "short" else "describe the picture .")
    assert product.facts["tokens"] <= 4


@pytest.mark.parametrize("question", ["what is <image> it ?", "<image><image> what is it ?"])
def test_a_mark_of_a_picture_in_the_words_is_no_picture(engine: Llava, question: str) -> None:
    history = (Turn(question="<image> is it a cat ?", answer="no <image>"), Turn(question="<image>", answer="yes"))
    product = engine.run(AskRequest(image=RED, question=question, history=history), WatchedJob())
    assert product.text
    assert "<image>" not in product.facts["question"]
    assert set(product.facts["ignored"]) == {"question", "history"}


def test_a_question_of_nothing_but_marks_is_refused(engine: Llava) -> None:
    with pytest.raises(InvalidRequestError, match="question"):
        engine.run(AskRequest(image=RED, question="<image>"), WatchedJob())


def test_the_oldest_turns_give_way_when_a_talk_grows_too_long(engine: Llava) -> None:
    history = tuple(Turn(question="is the red cat on the left ? " * 2, answer="yes " * 8) for _ in range(20))
    product = engine.run(AskRequest(image=RED, question="what ?", history=history), WatchedJob())
    assert "oldest" in product.facts["ignored"]["history"]
    short = engine.run(AskRequest(image=RED, question="what ?", history=history[:1]), WatchedJob())
    assert short.facts["ignored"] == {}


def test_a_question_too_long_for_the_model_is_refused(engine: Llava) -> None:
    with pytest.raises(InvalidRequestError, match="at most 244 tokens"):
        engine.run(AskRequest(image=RED, question="cat " * 400), WatchedJob())


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (255, 255, 255, 0)), ("L", 255), ("P", 0), ("LA", (0, 0))])
def test_every_kind_of_picture_is_seen(engine: Llava, mode: str, colour: Any) -> None:
    assert engine.run(AskRequest(image=picture(mode, colour), question="what ?"), WatchedJob()).text


def test_what_is_transparent_is_white(engine: Llava) -> None:
    clear, white = picture("RGBA", (0, 0, 0, 0)), picture("RGB", "white")
    answers = [engine.run(AskRequest(image=image, question="what ?"), WatchedJob()) for image in (clear, white)]
    assert answers[0].facts["confidence"] == answers[1].facts["confidence"]
    assert answers[0].text == answers[1].text


class Deaf(Job):
    """Stops the run at its piece ``number``, in the way ``error`` says."""

    def __init__(self, number: int, error: Exception | None) -> None:
        super().__init__(
            "0" * 32,
            publish=lambda _: None,
            approve=lambda _: None,
            keep_ticket=lambda _: None,
            keep_picture=lambda *_: None,
        )
        self.pieces: list[str] = []
        self._number = number
        self._error = error

    def say(self, piece: str) -> None:
        self.pieces.append(piece)
        if len(self.pieces) == self._number:
            if self._error:
                raise self._error
            self.cancel()
        super().say(piece)


@pytest.mark.parametrize(
    ("error", "expected"), [(None, RunCancelledError), (BlockedError("A rule refused.", ()), BlockedError)]
)
def test_a_stopped_answer_ends_at_that_word_and_the_next_is_whole(
    engine: Llava, error: Exception | None, expected: type[Exception]
) -> None:
    request = AskRequest(image=RED, question="what is it ?")
    first = engine.run(request, WatchedJob()).text
    calls: list[object] = []
    hook = engine._model.register_forward_pre_hook(lambda *inputs: calls.append(inputs))
    job = Deaf(2, error)
    with pytest.raises(expected):
        engine.run(request, job)
    assert len(job.pieces) == 2
    assert len(calls) < LENGTH
    hook.remove()
    assert engine.run(request, WatchedJob()).text == first


@pytest.fixture(scope="module")
def tiled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llava_next(tmp_path_factory.mktemp("tiled"))


def test_the_family_that_sees_in_tiles_answers_too(tiled_folder: Path) -> None:
    product = build(Options(weights=str(tiled_folder), max_new_tokens=4)).run(
        AskRequest(image=RED, question="what ?"), WatchedJob()
    )
    assert len(product.text.split()) == 4


def test_four_bits_hold_the_words_and_leave_the_picture_alone(tiled_folder: Path) -> None:
    """On a processor, where the same library does the same slowly; on CUDA nothing else differs but the device."""
    held = _precision(torch.device("cuda"), four_bit=True) | {"device_map": {"": "cpu"}}
    model = AutoModelForImageTextToText.from_pretrained(tiled_folder, **held)
    small = {name for name, part in model.named_modules() if type(part).__name__ == "Linear4bit"}
    assert small
    assert all(name.startswith("model.language_model.") for name in small)
    engine = Llava(Options(weights=str(tiled_folder)), model, AutoProcessor.from_pretrained(tiled_folder))
    assert engine.environment["four_bit"] is True


def test_an_error_while_answering_comes_out_at_once(engine: Llava) -> None:
    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    hook = engine._model.register_forward_pre_hook(full)
    with pytest.raises(EngineFailedError, match="ran out of memory"):
        engine.run(AskRequest(image=RED, question="what ?"), WatchedJob())
    hook.remove()
    assert engine.run(AskRequest(image=RED, question="what ?"), WatchedJob()).text


def test_the_environment_names_the_weights(engine: Llava) -> None:
    assert len(engine.environment["fingerprint"]) == 64
    assert engine.environment["four_bit"] is False
    assert engine.environment["dtype"] == "float32"


def test_missing_weights_are_a_sentence() -> None:
    with pytest.raises(EngineUnavailableError, match="nobody/nothing cannot be loaded"):
        build(Options(weights="nobody/nothing"))
