"""The bundled picture checker as a rule: its files are checked, and its concepts become categories of the policy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from PIL import Image
from pydantic import BaseModel, ConfigDict

from core.media import Picture
from safety.rules.classifier import Canary, ClassifierRule, Concept, PictureClassifier

# What the folder calls its kinds -> category of policy.yaml.
_CATEGORIES = {
    "weapons": "picture/weapons",
    "alcohol and tobacco": "picture/alcohol-tobacco",
    "blood and skulls": "picture/blood-skulls",
    "rude gestures": "picture/rude-gestures",
}


class Scorer(Protocol):
    """The loaded weights."""

    @property
    def limits(self) -> Sequence[float]:
        """For each concept the cosine from which it counts as seen."""
        ...

    def cosines(self, image: Image.Image) -> Sequence[float]:
        """Return how near an RGB picture is to each concept, -1..1."""
        ...


class _Row(BaseModel):
    """One concept of ``concepts.json``, in the order of the weights."""

    model_config = ConfigDict(frozen=True)

    name: str
    category: str
    canary: str


class _About(BaseModel):
    """``concepts.json``."""

    model_config = ConfigDict(frozen=True)

    concepts: tuple[_Row, ...]
    harmless: tuple[str, ...]


class BundledChecker(PictureClassifier):
    """The classifier in a folder as ``training.checker.pack`` writes it."""

    def __init__(self, folder: Path, load: Callable[[Path], Scorer]) -> None:
        """Check the folder, then load its weights.

        Args:
            folder: weights, ``SHA256SUMS``, ``concepts.json`` and the canaries.
            load: makes the scorer of a folder.

        Raises:
            RuntimeError: the weights are not those of ``SHA256SUMS``, or do not belong to ``concepts.json``.
            OSError, ValueError: a file is missing or broken.
        """
        digest = _require_whole(folder)
        about = _About.model_validate_json((folder / "concepts.json").read_text(encoding="utf-8"))
        self.name = f"{folder.name}@{digest[:8]}"
        self._scorer = load(folder)
        names, limits = [row.name for row in about.concepts], self._scorer.limits
        if len(names) != len(limits) or len({*names}) != len(names):
            raise RuntimeError(f"{folder.name} has {len(limits)} concepts, and names for {len({*names})}")
        self._names = tuple(names)
        self.concepts = {
            row.name: Concept(category=_CATEGORIES[row.category], block=limit, review=limit)
            for row, limit in zip(about.concepts, limits, strict=True)
        }
        self.canaries = [
            *(Canary(picture=_read(folder / row.canary), concept=row.name) for row in about.concepts),
            *(Canary(picture=_read(folder / path), concept=None) for path in about.harmless),
        ]

    def scores(self, image: Image.Image) -> Mapping[str, float]:
        """Return the cosine to each concept; what points away from it is 0. What is no number stays none."""
        near = self._scorer.cosines(image)
        return {name: 0.0 if one < 0 else one for name, one in zip(self._names, near, strict=True)}


def rule(folder: Path, load: Callable[[Path], Scorer]) -> ClassifierRule:
    """Return the rule; nothing is read before its self-test."""
    return ClassifierRule(folder.name, lambda: BundledChecker(folder, load))


def _require_whole(folder: Path) -> str:
    """Return the hash of the weights, if it is the one that is written beside them."""
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if f"{found}  model.safetensors" not in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        raise RuntimeError(f"the weights of {folder.name} are not those of its SHA256SUMS; fetch the folder again")
    return found


def _read(path: Path) -> Picture:
    with Image.open(path, formats=("PNG",)) as opened:
        width, height = opened.size
    return Picture(png=path.read_bytes(), width=width, height=height)
