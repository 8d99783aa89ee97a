"""A large picture through a network piece by piece, so that memory does not grow with the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

# Multiples of the windows that transformers for pictures look through.
TILE = 192
OVERLAP = 32


def enlarged(
    pixels: torch.Tensor,
    network: Callable[[torch.Tensor], torch.Tensor],
    scale: int,
    *,
    between: Callable[[], Any],
    tile: int = TILE,
    overlap: int = OVERLAP,
) -> torch.Tensor:
    """Return the picture ``scale`` times larger.

    Each tile is computed with what lies around it, and only its own part is kept: with an overlap of at least what the
    network sees around a point, the result is that of the whole picture.

    Args:
        pixels: uint8 (3, height, width).
        network: float (1, 3, height, width) in 0..1 -> the same, larger.
        scale: of the network.
        between: called before each tile; it may raise to stop.
        tile: pixels a side of a tile; what is no larger goes through whole.
        overlap: pixels on each side that a tile sees beyond itself.

    Returns:
        uint8 (3, scale x height, scale x width), on the processor.
    """
    height, width = pixels.shape[1:]
    made = torch.empty(3, scale * height, scale * width, dtype=torch.uint8)
    for rows, seen_rows in _spans(height, tile, overlap):
        for columns, seen_columns in _spans(width, tile, overlap):
            between()
            out = network(pixels[None, :, seen_rows, seen_columns].float() / 255)[0]
            top, left = scale * (rows.start - seen_rows.start), scale * (columns.start - seen_columns.start)
            high, wide = scale * (rows.stop - rows.start), scale * (columns.stop - columns.start)
            own = out[:, top : top + high, left : left + wide].float().clamp(0, 1)
            made[:, scale * rows.start : scale * rows.stop, scale * columns.start : scale * columns.stop] = (
                (own * 255).round().to(torch.uint8).cpu()
            )
    return made


def _spans(length: int, tile: int, overlap: int) -> Iterator[tuple[slice, slice]]:
    """Yield where each tile begins and ends, and from where to where it sees."""
    for start in range(0, length, tile):
        stop = min(start + tile, length)
        yield slice(start, stop), slice(max(0, start - overlap), min(length, stop + overlap))
