import torch

from training.answer import parts as llava_parts
from training.answer.match_heads import FIRST, HEAD, LAST, set_match_heads
from training.clip import vision
from training.clip.dense import NAMES


@torch.no_grad()
def test_a_word_finds_the_patches_of_its_thing_and_no_others():
    torch.manual_seed(0)
    processor = llava_parts.new_processor()
    model = llava_parts.new_model(processor, vision.tower()).eval()
    inner = model.model.language_model
    tokens = torch.tensor([processor.tokenizer.encode(f" {name}")[0] for name in NAMES])
    names = torch.randint(0, len(NAMES), (4000,))
    shift = 0.02 * torch.randn(inner.embed_tokens.weight.shape[1])
    patches = inner.embed_tokens.weight[tokens[names]] + shift + 0.005 * torch.randn(4000, len(shift))
    set_match_heads(model, patches, names, tokens)
    layer, rows = inner.layers[0], slice(FIRST * HEAD, LAST * HEAD)
    asked = layer.input_layernorm(inner.embed_tokens.weight[tokens]) @ layer.self_attn.q_proj.weight[rows].T
    shown = layer.input_layernorm(patches) @ layer.self_attn.k_proj.weight[rows].T
    thing = names > 0
    assert (asked[1:] @ shown[thing].T).argmax(0).add(1).eq(names[thing]).float().mean() > 0.7
    assert not layer.self_attn.o_proj.weight[:, rows].any()
