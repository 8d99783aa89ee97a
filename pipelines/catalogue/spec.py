"""Rows of models.yaml: what a model is, what it can do and what it needs. Checked whole when the program starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationInfo, field_validator, model_validator

from core.actions import Action
from core.requests import AS_MADE, ASPECT_RATIOS, HANDOVER, MAX_STEPS, REQUESTS, SCHEDULERS
from core.requests.flat import parameters
from pipelines.catalogue.rows import CatalogueError, checked, read_rows

Device = Literal["any", "cuda"]


# What a request can need of a model; ``steps`` follows from the row's own number of steps.
ABILITIES = tuple(
    dict.fromkeys(
        one.about.needs
        for kind in REQUESTS.values()
        for one in parameters(kind).values()
        if one.about.needs not in {"", "steps"}
    )
)


# Engines by the names they had when all lay in one folder.
_ENGINES = {
    "sdxl": "sdxl.engine",
    "llava": "llava.engine",
    "replicate_images": "replicate.images",
    "replicate_answers": "replicate.answers",
    "auto_speech": "speech.auto",
    "gtts_speech": "speech.google",
    "offline_speech": "speech.offline",
}


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
    serves: tuple[InstanceOf[Action], ...]
    engine: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    lane: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    licence: str
    bundled: bool = False
    remote: bool = False
    sends_to: str = ""
    note: str = ""
    auto: Auto = Auto()
    needs: Needs = Needs()
    sizes: dict[str, tuple[int, int]] = Field(default_factory=dict)
    steps: Annotated[int, Field(ge=0, le=MAX_STEPS)] = 0
    guidance: Annotated[float, Field(ge=0, le=30)] = 0.0
    handover: Annotated[float, Field(gt=0, lt=1)] = HANDOVER
    styles: tuple[str, ...] | None = None
    schedulers: tuple[str, ...] = SCHEDULERS
    can: tuple[str, ...] = ()
    upscale: Literal["none", "x4", "x16"] = AS_MADE
    languages: tuple[str, ...] = ()
    voice: tuple[Literal["auto", "gtts", "offline"], ...] = ("auto",)
    vocabulary: str = ""
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _older_words(cls, row: Any) -> Any:
        """Take rows of the time when a model had one action and the refiner was the one ability."""
        if not isinstance(row, dict):
            return row
        row = dict(row)
        if "action" in row and "serves" not in row:
            action = row.pop("action")
            row["serves"] = [action, "describe"] if action == "ask" else [action]
        if isinstance(row.get("engine"), str):
            row["engine"] = _ENGINES.get(row["engine"], row["engine"])
        if "refiner" in row and "can" not in row:
            row["can"] = ["refiner"] if row.pop("refiner") else []
        return row

    @field_validator("serves", mode="before")
    @classmethod
    def _serves(cls, words: Any) -> Any:
        allowed = ", ".join(REQUESTS)
        if not isinstance(words, list | tuple) or not words:
            raise ValueError(f"give a list of actions; allowed: {allowed}")
        wrong = [str(word) for word in words if word not in REQUESTS]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} cannot be served; allowed: {allowed}")
        return tuple(Action(word) for word in words)

    @field_validator("can")
    @classmethod
    def _can(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [word for word in words if word not in ABILITIES]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} is no ability; allowed: {', '.join(ABILITIES)}")
        return words

    @field_validator("upscale")
    @classmethod
    def _finish(cls, word: str, info: ValidationInfo) -> str:
        if word != AS_MADE and "upscaler" not in info.data.get("can", ()):
            raise ValueError("only a model that has upscaler under `can:` finishes pictures so")
        return word

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
    def action(self) -> Action:
        """What it serves first."""
        return self.serves[0]

    @property
    def abilities(self) -> frozenset[str]:
        """What fields of a request may need: ``can``, and ``steps`` where it has a number of its own."""
        return frozenset(self.can) | (frozenset({"steps"}) if self.steps else frozenset())


class LaneSpec(_Row):
    """A row that says how many runs of a lane are under way at once."""

    lane: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    workers: Annotated[int, Field(ge=1, le=64)]


def read_specs(path: Path) -> tuple[ModelSpec, ...]:
    """Return the models of a catalogue file.

    Raises:
        CatalogueError: names the row and the field that cannot be used.
    """
    specs: list[ModelSpec] = []
    for number, row in enumerate(read_rows(path), start=1):
        if _is_lane(row):
            continue
        name = row.get("id", f"row {number}") if isinstance(row, dict) else f"row {number}"
        specs.append(checked(ModelSpec, row, f"{path.name}, {name}"))
    double = {spec.id for spec in specs if sum(spec.id == other.id for other in specs) > 1}
    if double:
        raise CatalogueError(f"{path.name}: more than one row has the id {', '.join(sorted(double))}.")
    return tuple(specs)


def read_lanes(path: Path, specs: Sequence[ModelSpec]) -> Mapping[str, int]:
    """Return lane -> workers for every lane that ``specs`` name: one, unless the file has a row for it.

    Raises:
        CatalogueError: the file cannot be read, or a row of a lane is wrong or names one that no model of the file has.
    """
    rows = read_rows(path)
    lanes = [checked(LaneSpec, row, f"{path.name}, lane") for row in rows if _is_lane(row)]
    # Those of every model in the file: ``specs`` may leave some out, such as voices that are switched off.
    known = {str(row.get("lane")) for row in rows if isinstance(row, dict) and not _is_lane(row)}
    for lane in lanes:
        if lane.lane not in known:
            raise CatalogueError(
                f"{path.name}, lane is {lane.lane!r}: no model waits there; {', '.join(sorted(known))} are."
            )
    wide = {lane.lane: lane.workers for lane in lanes}
    return {lane: wide.get(lane, 1) for lane in sorted({spec.lane for spec in specs})}


def _is_lane(row: Any) -> bool:
    return isinstance(row, dict) and "workers" in row and "id" not in row
