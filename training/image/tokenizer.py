"""The tokenizer of both text encoders: byte-level pair encoding over the vocabulary's own words.

Source: Sennrich et al. 2016 (arXiv 1508.07909); the special tokens and splitting are CLIP's.
"""

import argparse
import json

from tokenizers import pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer

from training.world.captions import every_word
from training.world.icons import concepts, tags
from training.world.packages import CACHE

LENGTH = 24
FOLDER = CACHE / "tokenizer"
SPECIAL = ["<|startoftext|>", "<|endoftext|>"]


def train(size: int = 1_500) -> CLIPTokenizer:
    """A tokenizer with every byte, every byte ending a word, and the commonest pairs: no text is unknown to it."""
    tokenizer = CLIPTokenizer().backend_tokenizer
    tokenizer.model = BPE(end_of_word_suffix="</w>", unk_token=SPECIAL[1])
    trainer = BpeTrainer(
        vocab_size=size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    words = [tag for concept in concepts() for tag in tags(concept.name)]
    tokenizer.train_from_iterator(every_word() + words, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(pair) for pair in model["merges"]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = dict.fromkeys([*letters, *(f"{letter}</w>" for letter in letters), *("".join(pair) for pair in merges)])
    vocabulary = {token: at for at, token in enumerate([*tokens, *SPECIAL])}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)


def load() -> CLIPTokenizer:
    """The kept tokenizer, trained first if there is none."""
    if not FOLDER.exists():
        train().save_pretrained(FOLDER)
    return CLIPTokenizer.from_pretrained(FOLDER)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f"{len(load())} tokens in {FOLDER}")
