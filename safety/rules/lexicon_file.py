"""lexicon.yaml: its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from safety import strict_yaml

Severity = Literal["grave", "block", "review"]
SCORES: dict[str, float] = {"grave": 1.0, "block": 0.8, "review": 0.5}

# Languages that write no spaces between words.
UNSPACED = frozenset({"zh", "ja"})

_FILE = Path(__file__).resolve().parent.parent / "lexicon.yaml"
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(_Closed):
    """Two kinds of words that mean something when they stand near each other.

    Attributes:
        first: a group, or a category.
        second: a group, or a category.
        within: largest distance, in words.
    """

    category: str
    severity: Severity
    first: str
    second: str
    within: Annotated[int, Field(ge=1)]


class Canaries(_Closed):
    """Category -> a text in which it must be found; texts in which nothing may be found."""

    found: dict[str, str]
    passed: Annotated[list[str], Field(min_length=1)]


class LexiconFile(_Closed):
    """The whole file; the words are explained in it."""

    version: Annotated[int, Field(ge=1)]
    categories: dict[str, dict[Severity, dict[str, list[str]]]]
    hashed: dict[str, list[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]]]
    groups: dict[str, list[str]]
    pairs: list[Pair]
    protected: list[str]
    canaries: Canaries


def load(path: Path = _FILE) -> LexiconFile:
    """Return the lexicon. Raises ValueError with every problem of the file."""
    return strict_yaml.parse(path.read_text(encoding="utf-8"), LexiconFile, path.name)


def expand(phrase: str) -> Iterator[str]:
    """Yield ``phrase`` with ``{1..17}`` replaced by each of these numbers."""
    found = _RANGE.search(phrase)
    if found is None:
        yield phrase
        return
    for number in range(int(found.group(1)), int(found.group(2)) + 1):
        yield phrase[: found.start()] + str(number) + phrase[found.end() :]
