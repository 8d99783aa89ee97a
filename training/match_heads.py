"""Attention heads that begin as what they would have to find out: from the word for a thing they look at its patches.

"Is there a fox?" needs the word to find the patches that show it. Left to chance that takes a decoder far longer than
anything else here. So two heads of the first layer get keys and queries that give a word and the patches of its thing
the same code; their way out begins at zero, so nothing else changes, and training goes on from there.
"""

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration

HEAD = 32  # width of a head
NEW = 2  # heads added to the six
SLOW = [*range(8, 16), *range(24, 32)]  # the parts of a head that rotary positions hardly turn within a talk
SHARPNESS = 8.0  # score of a match; everything else scores about 0


def widened(kept: dict[str, Tensor], model: LlavaForConditionalGeneration) -> dict[str, Tensor]:
    """Weights of a six-headed decoder, as an eight-headed one that computes the same."""
    fresh = model.state_dict()
    result = dict(kept)
    for name, weight in kept.items():
        if "language_model" in name and name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight")):
            result[name] = torch.cat([weight, fresh[name][len(weight) :]])
        elif "language_model" in name and name.endswith("o_proj.weight"):
            result[name] = torch.cat([weight, torch.zeros(len(weight), NEW * HEAD)], 1)
    return result


@torch.no_grad()
def set_match_heads(model: LlavaForConditionalGeneration, patches: Tensor, names: Tensor, tokens: Tensor) -> None:
    """Set the new heads of the first layer.

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
    for head in range(6, 6 + NEW):
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


def _fit(given: Tensor, wanted: Tensor, ridge: float = 1.0) -> Tensor:
    """Least squares with a ridge; rows that want something count as much in all as those that want nothing."""
    some = wanted.abs().sum(-1) > 0
    weight = torch.where(some, (~some).sum() / some.sum(), torch.tensor(1.0))[:, None]
    square = given.T @ (given * weight) + ridge * torch.eye(given.shape[1])
    return torch.linalg.solve(square, given.T @ (wanted * weight))
