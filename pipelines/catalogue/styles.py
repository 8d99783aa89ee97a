"""Prompt styles: templates around what a person wrote, read from styles.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.catalogue.rows import CatalogueError, checked, read_rows

NONE = "none"
PLACE = "{prompt}"


class Style(BaseModel):
    """One row of styles.yaml.

    Attributes:
        id: name in requests.
        title: name for people.
        prompt: template with ``{prompt}`` where the person's words go.
        negative_prompt: words added to what to keep out; may be empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    prompt: str
    negative_prompt: str = ""

    @field_validator("prompt")
    @classmethod
    def _has_place(cls, template: str) -> str:
        if template.count(PLACE) != 1:
            raise ValueError(f"it must contain {PLACE} once")
        return template

    def apply(self, prompt: str, negative_prompt: str) -> tuple[str, str]:
        """Return the prompt and the negative prompt as the model gets them."""
        # Not str.format: the person's own braces are text like any other.
        before, after = self.prompt.split(PLACE)
        unwanted = ", ".join(part for part in (negative_prompt, self.negative_prompt) if part)
        return before + prompt + after, unwanted


def read_styles(path: Path) -> Mapping[str, Style]:
    """Return id -> style in the order of the file. ``none`` is not among them.

    Raises:
        CatalogueError: names the row and the field that cannot be used.
    """
    styles: dict[str, Style] = {}
    for number, row in enumerate(read_rows(path), start=1):
        style = checked(Style, row, f"{path.name}, row {number}")
        if style.id in styles or style.id == NONE:
            raise CatalogueError(f"{path.name}, row {number}, id is {style.id!r}: it is taken already.")
        styles[style.id] = style
    return styles


def resolve(styles: Mapping[str, Style], style: str, prompt: str, negative_prompt: str) -> tuple[str, str, str]:
    """Return prompt and negative prompt as the model gets them, and the template that was used."""
    if style == NONE:
        return prompt, negative_prompt, PLACE
    chosen = styles[style]
    return *chosen.apply(prompt, negative_prompt), chosen.prompt
