"""Random weights in the real classes, small enough to build in a second and saved as the real ones are."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPImageProcessorPil,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    LlavaNextImageProcessorPil,
    LlavaNextProcessor,
    LlavaProcessor,
    MistralConfig,
    PreTrainedTokenizerFast,
)

from training.upscaler.network import Upscaler

_TIME_WIDTH = 8
_TEXT_WIDTH = 32
_CHAT = (
    "{% for message in messages %}{{ message['role'] | upper }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image> {% else %}{{ part['text'] }}{% endif %}{% endfor %} {% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT: {% endif %}"
)
_LOOK = {
    "patch_size": 8,
    "vision_feature_select_strategy": "default",
    "num_additional_image_tokens": 1,
    "chat_template": _CHAT,
}
_MARKS = ["<unk>", "<s>", "</s>", "<pad>", "<image>"]
_WORDS = [
    *("user", "assistant", ":", "a", "the", "red", "blue", "cat", "dog", "is", "it", "what", "where"),
    *("yes", "no", "picture", "of", "describe", ".", "?", "and", "on", "left"),
]


def save_sdxl(folder: Path) -> tuple[Path, Path]:
    """Save a base and a refiner with their own UNets, and return their folders."""
    words = _clip_tokenizer()
    text_encoder_2 = _text_encoder(CLIPTextModelWithProjection, words, seed=2)
    shared = {"vae": _decoder(), "text_encoder_2": text_encoder_2, "tokenizer_2": words, "add_watermarker": False}
    base = StableDiffusionXLPipeline(
        **shared,
        text_encoder=_text_encoder(CLIPTextModel, words, seed=1),
        tokenizer=words,
        unet=_unet(2 * _TEXT_WIDTH, time_ids=6, seed=3),
        scheduler=_scheduler(),
        force_zeros_for_empty_prompt=True,
    )
    refiner = StableDiffusionXLImg2ImgPipeline(
        **shared,
        text_encoder=None,
        tokenizer=None,
        unet=_unet(_TEXT_WIDTH, time_ids=5, seed=4),
        scheduler=_scheduler(),
        requires_aesthetics_score=True,
        force_zeros_for_empty_prompt=False,
    )
    base.save_pretrained(folder / "base")
    refiner.save_pretrained(folder / "refiner")
    return folder / "base", folder / "refiner"


def save_upscaler(file: Path, scale: int = 4) -> Path:
    """Save a network of two layers, and return its file, ``.safetensors`` or ``.pth``."""
    torch.manual_seed(6)
    network = Upscaler(features=8, layers=2, scale=scale)
    torch.nn.init.normal_(network.body[-1].weight, std=0.1)
    state = network.state_dict()
    if file.suffix == ".pth":
        torch.save({"params": state}, file)
    else:
        save_file(state, file)
    return file


def save_llava(folder: Path) -> Path:
    """Save a LLaVA of one layer, and return its folder."""
    tokenizer = _word_tokenizer()
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=_eye(),
            text_config=LlamaConfig(hidden_size=32, num_attention_heads=2, **_mouth(tokenizer)),
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
            vision_feature_layer=-1,
        )
    )
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    return _save(folder, model, LlavaProcessor(image_processor=pictures, tokenizer=tokenizer, **_LOOK))


def save_llava_next(folder: Path) -> Path:
    """Save a LLaVA 1.6 (its picture in tiles, Mistral's decoder) of one layer, and return its folder."""
    tokenizer = _word_tokenizer()
    torch.manual_seed(0)
    tiles = [[16, 32], [32, 16], [32, 32]]
    model = LlavaNextForConditionalGeneration(
        LlavaNextConfig(
            vision_config=_eye(),
            # Wide enough for four-bit weights, which come in blocks.
            text_config=MistralConfig(
                hidden_size=128, num_attention_heads=2, num_key_value_heads=2, **_mouth(tokenizer)
            ),
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
            vision_feature_layer=-1,
            image_grid_pinpoints=tiles,
        )
    )
    pictures = LlavaNextImageProcessorPil(
        size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}, image_grid_pinpoints=tiles
    )
    return _save(folder, model, LlavaNextProcessor(image_processor=pictures, tokenizer=tokenizer, **_LOOK))


def _save(folder: Path, model: Any, processor: Any) -> Path:
    model.generation_config.eos_token_id = processor.tokenizer.eos_token_id
    model.generation_config.pad_token_id = processor.tokenizer.pad_token_id
    # Chance would begin some answers with a mark that is no word.
    model.generation_config.suppress_tokens = list(range(len(_MARKS)))
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _eye() -> CLIPVisionConfig:
    return CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=8
    )


def _mouth(tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "intermediate_size": 128,
        "num_hidden_layers": 1,
        "max_position_embeddings": 256,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "initializer_range": 0.6,
    }


def _clip_tokenizer() -> CLIPTokenizer:
    signs = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    marks = ["<|startoftext|>", "<|endoftext|>"]
    names = [*signs, *(f"{sign}</w>" for sign in signs), *marks]
    return CLIPTokenizer(vocab={name: number for number, name in enumerate(names)}, merges=[], model_max_length=24)


def _text_encoder(kind: type, words: CLIPTokenizer, seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    return kind(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=_TEXT_WIDTH,
            intermediate_size=37,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=24,
            projection_dim=_TEXT_WIDTH,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
            initializer_factor=8.0,
        )
    ).eval()


def _unet(text_width: int, time_ids: int, seed: int) -> UNet2DConditionModel:
    torch.manual_seed(seed)
    return UNet2DConditionModel(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=_TIME_WIDTH,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=time_ids * _TIME_WIDTH + _TEXT_WIDTH,
        cross_attention_dim=text_width,
        norm_num_groups=8,
    ).eval()


def _decoder() -> AutoencoderKL:
    torch.manual_seed(5)
    return AutoencoderKL(
        block_out_channels=[8, 16],
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        latent_channels=4,
        sample_size=16,
        norm_num_groups=8,
        scaling_factor=0.5,
        force_upcast=False,
    ).eval()


def _scheduler() -> EulerDiscreteScheduler:
    return EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1
    )


def _word_tokenizer() -> PreTrainedTokenizerFast:
    names = [*_MARKS, *_WORDS]
    words = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        extra_special_tokens={"image_token": "<image>"},
    )
