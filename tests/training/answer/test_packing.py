import random

import pytest
import torch
from PIL import Image
from transformers import LlavaForConditionalGeneration, LlavaProcessor

from training.answer import parts as llava_parts
from training.answer.packing import features_of, loss_of, pack, right_answers, scores, states
from training.answer.pictures import Picture, nothing
from training.answer.questions import Turn
from training.clip import vision

TALKS = [
    [Turn("what", "What is this?", "A fox."), Turn("follow-up", "Where is it?", "On the left.")],
    [Turn("yes/no: thing", "Is it a key?", "No.")],
]


@pytest.fixture(scope="module")
def processor() -> LlavaProcessor:
    return llava_parts.new_processor()


@pytest.fixture(scope="module")
def model(processor: LlavaProcessor) -> LlavaForConditionalGeneration:
    torch.manual_seed(0)
    return llava_parts.new_model(processor, vision.tower()).eval()


@pytest.fixture(scope="module")
def picture() -> Picture:
    return nothing(random.Random(0))


@torch.no_grad()
def test_talks_in_one_row_score_as_the_processor_and_the_model_do_alone(model, processor, picture):
    features = features_of(model, vision.as_input([picture], "cpu"))
    packed = pack(processor, [TALKS])
    together, _ = scores(model, states(model, features, packed)[-1], packed)
    alone = []
    for talk in TALKS:
        messages = []
        for turn in talk:
            content = [{"type": "text", "text": turn.question}]
            if not messages:
                content.insert(0, {"type": "image", "image": Image.fromarray(picture.pixels)})
            messages += [
                {"role": "user", "content": content},
                {"role": "assistant", "content": [{"type": "text", "text": turn.answer}]},
            ]
        inputs = processor.apply_chat_template(messages, tokenize=True, return_dict=True, return_tensors="pt")
        wanted = pack(processor, [[talk]]).weight[0, 1:] > 0
        alone.append(model(**inputs).logits[0, :-1][wanted])
    assert torch.allclose(together, torch.cat(alone), atol=1e-4)


def test_any_text_can_be_written_and_read_back(processor):
    tokenizer = processor.tokenizer
    for text in ("A red apple on a white background.", "Ünïcödé 🦊 <b>", "\u202eright", "12345"):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_any_size_of_picture_is_taken(processor):
    for size in ((1, 1), (640, 480), (64, 64)):
        inputs = processor(images=Image.new("RGB", size), text="USER: <image>\nhi ASSISTANT:", return_tensors="pt")
        assert inputs["pixel_values"].shape == (1, 3, 64, 64)
        assert (inputs["input_ids"] == processor.image_token_id).sum() == 64


def test_a_few_steps_learn_the_answers(processor, picture):
    torch.manual_seed(0)
    model = llava_parts.new_model(processor, vision.tower())
    learner = torch.optim.AdamW(model.parameters(), lr=2e-3)
    pixels, packed = vision.as_input([picture], "cpu"), pack(processor, [TALKS])
    for _ in range(80):
        scored, target = scores(model, states(model, features_of(model, pixels), packed)[-1], packed)
        loss = loss_of(scored, target, packed)
        learner.zero_grad()
        loss.backward()
        learner.step()
    assert right_answers(scored, target, packed) == [[True, True, True]]
