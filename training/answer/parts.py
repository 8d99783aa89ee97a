"""The untrained answer model and its processor: the real LLaVA classes at a small size."""

import random
from collections.abc import Iterator

import easy_vqa
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionModel,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)  # fmt: skip

from training.answer.pictures import SIZE, Picture, nothing, random_truth
from training.answer.talks import talks
from training.answer.unknown import varied

VOCABULARY = 1536
SPECIAL = ("<pad>", "<s>", "</s>", "<image>")
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ message['role'].upper() + ': ' }}"
    "{% for part in message['content'] if part['type'] == 'image' %}{{ '<image>\n' }}{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}{% endfor %}"
    "{{ eos_token if message['role'] == 'assistant' else ' ' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


def _sentences(rng: random.Random) -> Iterator[str]:
    """Questions and answers in their natural frequencies."""
    for _ in range(6000):
        for talk in talks(rng, Picture(nothing(rng).pixels, scene=random_truth(rng))):
            yield from (f"{varied(rng, one.question)} ASSISTANT: {one.answer}USER: " for one in talk)
    questions, answers, _ = easy_vqa.get_train_questions()
    yield from (
        f"{question} ASSISTANT: {answer.capitalize()}." for question, answer in zip(questions, answers, strict=True)
    )


def new_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE learned from our own questions: every text can be written in it, our words mostly as one token."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(_sentences(random.Random(0)), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token=SPECIAL[0], bos_token=SPECIAL[1], eos_token=SPECIAL[2],
        extra_special_tokens={"image_token": SPECIAL[3]}, padding_side="left", model_max_length=1024,
        clean_up_tokenization_spaces=False,
    )  # fmt: skip


def new_processor() -> LlavaProcessor:
    """Any picture to 64 pixels, any talk to tokens, as the real LLaVA's processor does it."""
    images = CLIPImageProcessorPil(
        size={"height": SIZE, "width": SIZE},
        crop_size={"height": SIZE, "width": SIZE},
        do_center_crop=False,
        resample=3,
    )
    return LlavaProcessor(
        image_processor=images, tokenizer=new_tokenizer(), patch_size=8, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=CHAT_TEMPLATE,
    )  # fmt: skip


def new_model(processor: LlavaProcessor, vision: CLIPVisionModel) -> LlavaForConditionalGeneration:
    """A LLaVA around the tower given, its projector and decoder untrained: 4 M parameters."""
    tokenizer = processor.tokenizer
    text = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=192, intermediate_size=512, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=8, head_dim=32, max_position_embeddings=1024, tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    config = LlavaConfig(
        vision_config=vision.config, text_config=text, image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=64, vision_feature_layer=-1, vision_feature_select_strategy="default",
        tie_word_embeddings=True, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    model = LlavaForConditionalGeneration(config)
    model.model.vision_tower.load_state_dict(vision.state_dict())
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model
