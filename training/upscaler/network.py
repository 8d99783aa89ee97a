"""The upscaler's network: all its layers work at the small size, and one shuffle at the end makes the pixels.

It adds what is missing to the enlarged picture, as the compact network of Real-ESRGAN does (Wang et al. 2021, arXiv
2107.10833; "SRVGGNetCompact" in its model zoo). The weights have the names of that network, so that everything that
reads its files reads these.
"""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

FEATURES, LAYERS, SCALE = 48, 10, 4


class Upscaler(nn.Module):
    """RGB in 0..1, (batch, 3, height, width) -> (batch, 3, scale x height, scale x width), about 0..1."""

    def __init__(self, features: int = FEATURES, layers: int = LAYERS, scale: int = SCALE) -> None:
        super().__init__()
        self.scale = scale
        widths = [3, *[features] * (layers + 1)]
        convolutions = [nn.Conv2d(before, after, 3, padding=1) for before, after in pairwise(widths)]
        last = nn.Conv2d(features, 3 * scale**2, 3, padding=1)
        _begin(convolutions, last)
        body = [layer for one in convolutions for layer in (one, nn.PReLU(one.out_channels))]
        self.body = nn.ModuleList([*body, last])

    def forward(self, small: torch.Tensor) -> torch.Tensor:
        """See the class."""
        features = small
        for layer in self.body:
            features = layer(features)
        return functional.pixel_shuffle(features, self.scale) + functional.interpolate(small, scale_factor=self.scale)


def _begin(convolutions: list[nn.Conv2d], last: nn.Conv2d) -> None:
    """Start weights: the first layer's features reach the last one, and the whole is plain enlargement.

    Each layer between adds a little to what it hands on. With the usual weights, a twelfth layer without shortcuts
    hears next to nothing of the picture. Source: Zagoruyko and Komodakis 2017 (arXiv 1706.00388), for weights around
    identity.
    """
    for at, one in enumerate(convolutions):
        nn.init.kaiming_normal_(one.weight, a=0.25)
        nn.init.zeros_(one.bias)
        if at:
            with torch.no_grad():
                one.weight.mul_(0.25).add_(nn.init.dirac_(torch.empty_like(one.weight)))
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
