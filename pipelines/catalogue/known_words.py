"""The words a bundled model knows: read from the file beside its weights, and compared with what a request says."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.models import ModelCard
from core.requests import GenerateRequest, Request
from core.vocabulary.unknown import unknown_words
from core.vocabulary.vocabulary import Vocabulary
from pipelines.catalogue.rows import CatalogueError

_Words = tuple[str, ...]


class _File(BaseModel):
    """See ``Vocabulary``; a list under any other name is one of ``more``."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, _Words] = Field(init=False)

    things: _Words = ()
    other_words: dict[str, str] = Field(default_factory=dict)
    styles: _Words = ()
    grounds: _Words = ()
    words: dict[str, _Words] = Field(default_factory=dict)
    uncounted: _Words = ()
    plurals: bool = False
    kinds: dict[str, dict[str, _Words]] = Field(default_factory=dict)


def read_vocabulary(path: Path) -> Vocabulary:
    """Return the vocabulary in a file, read anew when the file has changed.

    Raises:
        CatalogueError: it is no vocabulary, or another word stands for a thing that it does not have.
    """
    return _read(path, path.stat().st_mtime_ns)


def unknown_to(card: ModelCard, request: Request) -> _Words:
    """Return the words of the prompt that name something the model was never taught."""
    return unknown_words(card.vocabulary, request.prompt) if isinstance(request, GenerateRequest) else ()


def without_effect(card: ModelCard, request: Request) -> dict[str, str]:
    """Return why words to keep out have no effect: name of the parameter -> sentence."""
    words = unknown_words(card.vocabulary, request.negative_prompt) if isinstance(request, GenerateRequest) else ()
    if not words:
        return {}
    return {
        "negative_prompt": f"{card.title} does not know: {', '.join(words)}. What it does not know it cannot keep out."
    }


@lru_cache(maxsize=16)
def _read(path: Path, modified: int) -> Vocabulary:  # noqa: ARG001 - the time is the key of the cache
    try:
        file = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise CatalogueError(f"{path.name} is no vocabulary: {place}: {first['msg']}") from error
    lost = sorted(set(file.other_words.values()) - set(file.things))
    if lost:
        raise CatalogueError(f"{path.name}: other_words name {', '.join(lost)}, which things does not have.")
    more = file.__pydantic_extra__
    return Vocabulary(**{name: getattr(file, name) for name in _File.model_fields}, more=more)
