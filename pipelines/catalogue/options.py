"""What every engine's Options share. The catalogue fills in what the row of the model says elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from pipelines.catalogue.styles import Style


class EngineOptions(BaseModel):
    """Base of ``Options``: what stands under ``options:`` in models.yaml. Wrong names are refused.

    Attributes:
        hub: whether weights may be downloaded from the Hugging Face hub; from the settings of the program.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hub: bool = False


class PictureOptions(EngineOptions):
    """Base of ``Options`` of engines that make pictures.

    Attributes:
        sizes: aspect ratio -> (width, height) in pixels; from ``sizes:`` of the row.
        styles: id -> style; from styles.yaml.
    """

    sizes: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    styles: Mapping[str, Style] = Field(default_factory=dict)
