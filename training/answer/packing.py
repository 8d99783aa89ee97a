"""Several independent talks about one picture in one sequence, so that the picture is read once.

The picture's tokens come first; every talk sees them and itself, never the other talks, at the positions it would have
alone. The model therefore learns, and scores, exactly what it would meet talk by talk.
"""

import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import LlavaForConditionalGeneration, LlavaProcessor

from training.answer.grounding import references
from training.answer.pictures import Picture
from training.answer.talks import Talk
from training.answer.unknown import varied

IMAGE_TOKENS = 64


@dataclass
class Pack:
    """A batch of token rows, all (batch, length) but for ``sees`` (batch, 1, length, length).

    ``weight`` is a token's as a target, 0 for what is given; ``turn`` numbers the answers of a row, -1 elsewhere.
    ``words`` (n, 5) are the words of questions that refer to something: row, position, and the three numbers of
    ``grounding.Found``.
    """

    tokens: Tensor
    positions: Tensor
    weight: Tensor
    sees: Tensor
    turn: Tensor
    words: Tensor

    def to(self, device: str) -> "Pack":
        """The same batch on a device."""
        return Pack(*(value.to(device) for value in vars(self).values()))


def pack(
    processor: LlavaProcessor,
    batch: list[list[Talk]],
    rng: random.Random | None = None,
    pictures: list[Picture] | None = None,
) -> Pack:
    """Tokens of all talks; ``rng`` varies the writing of the questions, ``pictures`` tell what their words refer to."""
    tokenizer = processor.tokenizer
    image, end = tokenizer.convert_tokens_to_ids("<image>"), tokenizer.eos_token_id
    before, after = tokenizer.encode("USER: "), tokenizer.encode("\n")
    prefix = before + [image] * IMAGE_TOKENS + after
    rows = []
    refer: list[tuple[int, ...]] = []
    for row, talks in enumerate(batch):
        tokens, positions, weight = list(prefix), list(range(len(prefix))), [0.0] * len(prefix)
        talk_number, turn = [0] * len(prefix), [-1] * len(prefix)
        answers = 0
        for number, talk in enumerate(talks, 1):
            at = len(prefix)
            for later, one in enumerate(talk):
                question = varied(rng, one.question) if rng else one.question
                written = ("USER: " if later else "") + question + " ASSISTANT:"
                encoding = tokenizer(written, return_offsets_mapping=bool(pictures), add_special_tokens=False)
                asked = encoding["input_ids"]
                if pictures:
                    ends = [last for _, last in encoding["offset_mapping"]]
                    for word_end, found in references(written, pictures[row]):
                        token = next(index for index, last in enumerate(ends) if last >= word_end)
                        refer.append((row, len(tokens) + token, found.shown, found.count, found.cell))
                answer = [*tokenizer.encode(" " + one.answer), end]
                tokens += asked + answer
                weight += [0.0] * len(asked) + _weights(one.answer, len(answer))
                turn += [-1] * len(asked) + [answers] * len(answer)
                answers += 1
                positions += range(at, at + len(asked) + len(answer))
                talk_number += [number] * (len(asked) + len(answer))
                at += len(asked) + len(answer)
        rows.append((tokens, positions, weight, talk_number, turn))
    length = max(len(row[0]) for row in rows)

    def padded(column: int, value: float, kind: type) -> Tensor:
        even = [list(row[column]) + [value] * (length - len(row[column])) for row in rows]
        return torch.from_numpy(np.array(even, kind))

    talk_of = padded(3, -1, np.int64)
    sees = (talk_of[:, None, :] == talk_of[:, :, None]) | (talk_of[:, None, :] == 0)
    sees &= torch.ones(length, length, dtype=torch.bool).tril()
    return Pack(
        padded(0, tokenizer.pad_token_id, np.int64),
        padded(1, 0, np.int64),
        padded(2, 0.0, np.float32),
        sees[:, None],
        padded(4, -1, np.int64),
        torch.tensor(refer, dtype=torch.int64).reshape(-1, 5),
    )


def _weights(answer: str, length: int) -> list[float]:
    """A long answer counts as the square root of its length; the one word of a yes or no counts as much as four."""
    each = [length**-0.5] * length
    return [2.0, *each[1:]] if answer in {"Yes.", "No."} else each


def features_of(model: LlavaForConditionalGeneration, pixels: Tensor) -> Tensor:
    """What the projector reads: the tower's last layer without the class token, (batch, 64, width)."""
    features: Tensor = model.model.vision_tower(pixels).last_hidden_state[:, 1:]
    return features


def states(model: LlavaForConditionalGeneration, features: Tensor, packed: Pack) -> tuple[Tensor, ...]:
    """The decoder's states (batch, length, width): what goes in, after each layer, and last the normed end."""
    inner = model.model
    words = inner.language_model.embed_tokens(packed.tokens)
    seen = inner.multi_modal_projector(features).to(words.dtype)
    at = packed.tokens == model.config.image_token_id
    words = words.masked_scatter(at[..., None], seen)
    output = inner.language_model(
        inputs_embeds=words, attention_mask=packed.sees, position_ids=packed.positions, use_cache=False,
        output_hidden_states=True,
    )  # fmt: skip
    made: tuple[Tensor, ...] = output.hidden_states
    return made


def scores(model: LlavaForConditionalGeneration, hidden: Tensor, packed: Pack) -> tuple[Tensor, Tensor]:
    """Scores before every token of an answer by the last states, and the tokens that came: (n, vocabulary), (n,)."""
    wanted = packed.weight[:, 1:] > 0
    return model.lm_head(hidden[:, :-1][wanted]), packed.tokens[:, 1:][wanted]


def loss_of(scored: Tensor, target: Tensor, packed: Pack) -> Tensor:
    """Cross-entropy by the weights of the answers' tokens."""
    weight = packed.weight[:, 1:][packed.weight[:, 1:] > 0]
    return (functional.cross_entropy(scored.float(), target, reduction="none") * weight).sum() / weight.sum()


def right_answers(scored: Tensor, target: Tensor, packed: Pack) -> list[list[bool]]:
    """Whether greedy decoding would give each answer to the letter: by row, in the order of the turns."""
    wanted = packed.weight[:, 1:] > 0
    fits = torch.ones_like(packed.tokens[:, 1:], dtype=torch.bool)
    fits[wanted] = scored.argmax(-1) == target
    turn = packed.turn[:, 1:]
    return [
        [bool(fits[row][turn[row] == one].all()) for one in range(int(turn[row].max()) + 1)] for row in range(len(turn))
    ]
