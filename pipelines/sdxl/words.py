"""Words on their way into the text encoders."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

_PARTS = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
# Fast tokenizers cannot be shared by two threads at the same moment.
_tokenizing = threading.Lock()


def encode(pipeline: Any, prompt: str, negative_prompt: str, guidance: float) -> Mapping[str, Any]:
    """Return the words as the pipeline's call takes them, encoded once for all pictures of a run.

    Without a negative prompt SDXL's base was trained on zeros and not on the empty sentence, so empty becomes None.
    """
    with _tokenizing:
        parts = pipeline.encode_prompt(
            prompt,
            device=pipeline.unet.device,
            do_classifier_free_guidance=guidance > 1,
            negative_prompt=negative_prompt or None,
        )
    return dict(zip(_PARTS, parts, strict=True))


def read(tokenizers: Sequence[Any], text: str) -> tuple[int, str]:
    """Return how many characters of ``text`` every encoder sees, and how a sentence about the shortest one begins."""
    seen = [(_seen(tokenizer, text), tokenizer.model_max_length) for tokenizer in tokenizers if tokenizer is not None]
    least, limit = min(seen)
    some = len({characters for characters, _ in seen}) > 1
    return least, f"{'One of the text encoders' if some else 'The model'} reads {limit} tokens"


def _seen(tokenizer: Any, text: str) -> int:
    limit = tokenizer.model_max_length
    with _tokenizing:
        places = tokenizer(text, truncation=False, verbose=False, return_offsets_mapping=True).offset_mapping
    # Start and end marks stay; the words lose what does not fit between them.
    return int(places[limit - 1][0]) if len(places) > limit else len(text)
