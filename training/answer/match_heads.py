"""Attention heads that begin as what they would have to find out: from the word for a thing they look at its patches.

"Is there a fox?" needs the word to find the patches that show it. Left to chance that takes a decoder far longer than
anything else here. So two heads of the first layer get keys and queries that give a word and the patches of its thing
the same code; their way out begins at zero, so little else changes, and training goes on from there.

``python -m training.answer.match_heads`` does this once to the answer model's checkpoint, after its projector
has learned the words for patches and before the last part of its training.
"""

import argparse
import random

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration

from training.answer.llava import Lesson, processor
from training.answer.packing import features_of
from training.clip import vision
from training.clip.dense import Patches, patches
from training.world.icons import ALL_STYLES, load_icons

HEAD = 32  # width of a head
FIRST, LAST = 6, 8  # the heads that are set, as a range
SLOW = [*range(8, 16), *range(24, 32)]  # the parts of a head that rotary positions hardly turn within a talk
SHARPNESS = 8.0  # score of a match; everything else scores about 0


@torch.no_grad()
def set_match_heads(model: LlavaForConditionalGeneration, patches: Tensor, names: Tensor, tokens: Tensor) -> None:
    """Set the last two heads of the first layer.

    Args:
        model: with eight heads.
        patches: what the projector makes of patches, (n, width).
        names: what each patch shows, 0 for nothing, (n,).
        tokens: the token of each name, (names,); that of 0 is not used.
    """
    inner = model.model.language_model
    layer = inner.layers[0]
    words = layer.input_layernorm(inner.embed_tokens.weight)
    seen = layer.input_layernorm(patches)
    count = len(tokens)
    for head in range(FIRST, LAST):
        code = torch.nn.functional.normalize(torch.randn(count, len(SLOW)), dim=-1)
        code[0] = 0
        asked = torch.zeros(len(words), len(SLOW))
        asked[tokens[1:]] = code[1:]
        rows = torch.tensor(SLOW) + head * HEAD
        scale = (SHARPNESS * HEAD**0.5) ** 0.5
        query = _fit(torch.cat([words, seen]), torch.cat([asked, torch.zeros(len(seen), len(SLOW))]))
        key = _fit(torch.cat([seen, words]), torch.cat([code[names], torch.zeros(len(words), len(SLOW))]))
        for weight, value in ((layer.self_attn.q_proj.weight, query), (layer.self_attn.k_proj.weight, key)):
            weight[head * HEAD : (head + 1) * HEAD] = 0
            weight[rows] = value.T * scale
    layer.self_attn.o_proj.weight[:, FIRST * HEAD : LAST * HEAD] = 0


def _fit(given: Tensor, wanted: Tensor, ridge: float = 1.0) -> Tensor:
    """Least squares with a ridge; rows that want something count as much in all as those that want nothing."""
    some = wanted.abs().sum(-1) > 0
    weight = torch.where(some, (~some).sum() / some.sum(), torch.tensor(1.0))[:, None]
    square = given.T @ (given * weight) + ridge * torch.eye(given.shape[1])
    return torch.linalg.solve(square, given.T @ (wanted * weight))


@torch.no_grad()
def main() -> None:
    """Set the heads in the checkpoint, by what its own tower and projector make of 300 pictures."""
    torch.set_num_threads(1)
    lesson, rng, icons = Lesson(processor(), "cpu"), random.Random(1), load_icons(ALL_STYLES, 128)
    pictures = [vision.random_picture(rng, icons) for _ in range(300)]
    truth = Patches.stack([patches(picture) for picture in pictures])
    features = features_of(lesson.model, vision.as_input(pictures, "cpu"))
    seen = lesson.model.model.multi_modal_projector(features).flatten(0, 1)
    set_match_heads(lesson.model, seen, truth.name.flatten(), lesson.first_tokens)
    lesson.save()


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
