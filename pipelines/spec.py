"""Rows of models.yaml: what a model is, what it can do and what it needs. Checked whole when the program starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.actions import Action
from core.requests import ASPECT_RATIOS, MAX_STEPS, SCHEDULERS
from pipelines.rows import CatalogueError, checked, read_rows

Device = Literal["any", "cuda"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Needs(_Row):
    """What must be there before a model can be used; checked without importing any of it.

    Attributes:
        packages: import names of Python packages.
        env: environment variables that must be set and not empty.
        weights: a folder here, or ``owner/name`` on the hub -> a file inside that is there only once the weights are.
            An ``.index.json`` stands for every file it lists. Relative folders start at the root of the repository.
        device: ``cuda`` if it runs on nothing else.
    """

    packages: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    weights: dict[str, str] = Field(default_factory=dict)
    device: Device = "any"


class Auto(_Row):
    """When ``auto`` means this model.

    Attributes:
        rank: among those that can run here the highest wins; 0 is never chosen.
        device: ``cuda`` if it is too slow on anything else to be chosen unasked.
    """

    rank: Annotated[int, Field(ge=0)] = 0
    device: Device = "any"


class ModelSpec(_Row):
    """One row of models.yaml; see the top of that file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: str
    action: Literal["generate", "ask", "speak"]
    engine: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    lane: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    licence: str
    bundled: bool = False
    remote: bool = False
    note: str = ""
    auto: Auto = Auto()
    needs: Needs = Needs()
    sizes: dict[str, tuple[int, int]] = Field(default_factory=dict)
    steps: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 0
    guidance: Annotated[float, Field(ge=0, le=30)] = 0.0
    styles: tuple[str, ...] | None = None
    schedulers: tuple[str, ...] = SCHEDULERS
    refiner: bool = False
    languages: tuple[str, ...] = ()
    vocabulary: str = ""
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("sizes")
    @classmethod
    def _sizes(cls, sizes: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for name, size in sizes.items():
            if name not in ASPECT_RATIOS:
                raise ValueError(f"{name} is no aspect ratio; allowed: {', '.join(ASPECT_RATIOS)}")
            if any(side < 8 or side % 8 for side in size):
                raise ValueError(f"{name} is {size}; allowed: positive multiples of 8")
        return sizes

    @field_validator("schedulers")
    @classmethod
    def _schedulers(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in SCHEDULERS:
                raise ValueError(f"{name} is no scheduler; allowed: {', '.join(SCHEDULERS)}")
        return names

    @property
    def serves(self) -> Action:
        """The action as requests name it."""
        return Action(self.action)


def read_specs(path: Path) -> tuple[ModelSpec, ...]:
    """Return the rows of a catalogue file.

    Raises:
        CatalogueError: names the row and the field that cannot be used.
    """
    specs: list[ModelSpec] = []
    for number, row in enumerate(read_rows(path), start=1):
        name = row.get("id", f"row {number}") if isinstance(row, dict) else f"row {number}"
        specs.append(checked(ModelSpec, row, f"{path.name}, {name}"))
    double = {spec.id for spec in specs if sum(spec.id == other.id for other in specs) > 1}
    if double:
        raise CatalogueError(f"{path.name}: more than one row has the id {', '.join(sorted(double))}.")
    return tuple(specs)
