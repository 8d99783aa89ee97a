"""What becomes of a picture after base and refiner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from core.requests.bound import Choice
from core.requests.field import check, described

# The picture stays as it was made. Requests kept before there was an upscaler mean this.
AS_MADE: Final = "none"
# The model's own finish, which is filled in before the run is kept.
OWN_FINISH: Final = "default"
# Word -> how many times longer each side becomes.
FACTORS: Mapping[str, int] = MappingProxyType({"x4": 4, "x16": 16})
UPSCALES = (AS_MADE, OWN_FINISH, *FACTORS)
# Pixels of one finished picture.
LARGEST = 4096 * 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """How a picture is finished.

    Attributes:
        upscale: one of UPSCALES.
    """

    upscale: str = described(
        default=AS_MADE,
        bound=Choice(UPSCALES),
        what="how many times larger the finished picture is on each side",
        more="default is what the model does unasked",
        label="Size",
        flat_default=OWN_FINISH,
        own=OWN_FINISH,
        needs="upscaler",
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def factor(self) -> int:
        """How many times longer each side becomes; 1 for a picture that stays as it was made."""
        return FACTORS.get(self.upscale, 1)
