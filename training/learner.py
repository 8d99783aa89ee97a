"""How weights learn: Muon for the matrices and convolutions inside the layers, AdamW for all the rest.

On this small budget of samples the orthogonalised steps of Muon get further than AdamW alone.
Source: Muon, K. Jordan 2024 (https://kellerjordan.github.io/posts/muon); its step sizes by Liu et al. 2025,
arXiv 2502.16982, section 2.2.
"""

from typing import Any

import torch
from torch import nn


class Learner:
    """Two optimizers over some modules as one."""

    def __init__(self, *modules: nn.Module) -> None:
        named = {id(one): (name, one) for module in modules for name, one in module.named_parameters()}
        inner = [one for name, one in named.values() if one.ndim in (2, 4) and not _outer(name)]
        chosen = {id(one) for one in inner}
        outer = [one for key, (_, one) in named.items() if key not in chosen]
        # Muon takes matrices alone: a convolution's weight is one, with a row for each channel it makes
        self.matrices = [(one, nn.Parameter(one.detach().view(len(one), -1))) for one in inner]
        self.parts: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon([flat for _, flat in self.matrices], weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(outer, weight_decay=0.01, betas=(0.9, 0.98)),
        )

    def step(self, loss: torch.Tensor, rate: float) -> None:
        """One step down the gradient; the matrices take twice the rate."""
        for part, factor in zip(self.parts, (2.0, 1.0), strict=True):
            part.zero_grad()
            for group in part.param_groups:
                group["lr"] = rate * factor
        for one, _ in self.matrices:
            one.grad = None
        loss.backward()
        for one, flat in self.matrices:
            flat.grad = None if one.grad is None else one.grad.reshape(flat.shape)
        torch.nn.utils.clip_grad_norm_([one for group in self.parts[1].param_groups for one in group["params"]], 1.0)
        for part in self.parts:
            part.step()

    def state_dict(self) -> list[Any]:
        """The states of both."""
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[Any]) -> None:
        """Takes up the states of both."""
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


def _outer(name: str) -> bool:
    """Embeddings, and what turns features into scores, are no inner layers."""
    return any(word in name for word in ("embed", "lm_head", "read."))
