"""The bundled CLIP pair as it is shipped: it loads like the real one, is what its card says, and knows its world."""

from functools import cache
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from tests.weights import drawn, kinds_of_numbers
from training.world.captions import plain
from training.clip.figures import retrieval, zero_shot
from training.world.icons import ALL_STYLES, load_icons
from training.world.scenes import draw, single
from training.sums import hashes, kept_sums

FOLDER = Path(__file__).parents[2] / "assets" / "models" / "emoji-clip"


@cache
def loaded() -> CLIPModel:
    return CLIPModel.from_pretrained(FOLDER).eval()


def test_it_loads_as_the_real_clip_does_and_computes_in_float32():
    assert loaded().dtype == torch.float32
    assert sum(weight.numel() for weight in loaded().parameters()) < 3_000_000


def test_the_weights_are_those_of_the_card_in_half_precision():
    assert hashes(FOLDER) == kept_sums(FOLDER)
    assert kinds_of_numbers(FOLDER) == {torch.float16}


@drawn
def test_with_its_own_tokenizer_and_processor_it_tells_a_large_fox_from_a_key():
    words, pictures = CLIPTokenizer.from_pretrained(FOLDER), CLIPImageProcessorPil.from_pretrained(FOLDER)
    picture = Image.fromarray(draw(single("fox", "flat", "blue"), load_icons(ALL_STYLES, 128), 300))
    texts = [plain("key", "flat", "blue"), plain("fox", "flat", "red"), plain("fox", "flat", "blue")]
    inputs = {**words(texts, padding=True, return_tensors="pt"), **pictures(picture, return_tensors="pt")}
    with torch.inference_mode():
        assert loaded()(**inputs).logits_per_image.argmax() == 2


@drawn
def test_the_figures_in_short_are_those_of_the_card():
    found = list(zero_shot(loaded()).values())
    assert min(found) > 0.95
    assert min(retrieval(loaded(), rounds=1).values()) > 0.9
