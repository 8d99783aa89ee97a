"""What the tests of training and of the bundled models share."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from training.world import packages

drawn = pytest.mark.skipif(
    not all(packages.cached(name) for name in packages.STYLE_PACKAGES.values()),
    reason="the icon packages are not in training/.cache; `python -m training.make` fetches them",
)


def kinds_of_numbers(folder: Path) -> set[torch.dtype]:
    """The precisions of a model's weights, as they lie in its folder."""
    with safe_open(folder / "model.safetensors", "pt") as weights:
        return {weights.get_tensor(name).dtype for name in weights.keys()}  # noqa: SIM118  it is no dict
