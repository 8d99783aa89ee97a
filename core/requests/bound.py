"""Bounds as values: each checks one field, says in words what it allows, and knows it as a JSON schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from core import bounds
from core.errors import InvalidRequestError
from core.media import Picture

MAX_TAG = 60
# BCP 47: a language of two to eight letters and its subtags, e.g. en, pt-BR, zh-Hant-TW, es-419.
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


class Bound(Protocol):
    """What values a field takes.

    Attributes:
        kind: the type a program writes.
    """

    kind: ClassVar[Any]

    @property
    def words(self) -> str:
        """What is allowed, for a sentence."""
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same as keywords of JSON Schema."""
        ...

    def check(self, name: str, value: object) -> Any:
        """Return the value as it is kept. Raises InvalidRequestError."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text of ``low..high`` characters; ``empty`` asks people for it where there has to be some."""

    kind: ClassVar[Any] = str

    high: int
    low: int = 0
    empty: str = ""

    @property
    def words(self) -> str:
        """See Bound."""
        return f"{self.low} to {self.high} characters" if self.low else f"up to {self.high} characters"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound. Without lengths: ends are stripped before anything is counted."""
        return {"type": "string"}

    def check(self, name: str, value: object) -> str:
        """See Bound."""
        return bounds.text(name, value, self.high, low=self.low, empty=self.empty)


@dataclass(frozen=True, slots=True)
class Name:
    """The id of a row, or a word that stands for one; which ids there are is known only to the catalogue."""

    kind: ClassVar[Any] = str

    words: str
    high: int = 100

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        return {"type": "string"}

    def check(self, name: str, value: object) -> str:
        """See Bound."""
        return bounds.text(name, value, self.high, low=1)


@dataclass(frozen=True, slots=True)
class Tag:
    """A language tag (BCP 47)."""

    kind: ClassVar[Any] = str

    words: str = "a language tag such as en, pt-BR, es-419 or zh-Hant-TW"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        return {"type": "string"}

    def check(self, name: str, value: object) -> str:
        """See Bound."""
        text = bounds.text(name, value, MAX_TAG, low=2).replace("_", "-")
        if not _TAG.fullmatch(text):
            raise InvalidRequestError(name, text, self.words)
        return text


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in ``low..high``; ``meant`` says it in words where the plain range misleads."""

    kind: ClassVar[Any] = int

    low: int
    high: int
    meant: str = ""

    @property
    def words(self) -> str:
        """See Bound."""
        return self.meant or f"{self.low} to {self.high}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def check(self, name: str, value: object) -> int:
        """See Bound."""
        return bounds.integer(name, value, self.low, self.high, meant=self.meant)


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number in ``low..high``, without the ends themselves if ``open_ends``; or ``word``, kept as it is.

    The word stands for a decision instead of a value; in the API it is written otherwise.
    """

    kind: ClassVar[Any] = float

    low: float
    high: float
    open_ends: bool = False
    word: str = ""

    @property
    def words(self) -> str:
        """See Bound."""
        return f"between {self.low:g} and {self.high:g}" if self.open_ends else f"{self.low:g} to {self.high:g}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        low, high = ("exclusiveMinimum", "exclusiveMaximum") if self.open_ends else ("minimum", "maximum")
        return {"type": "number", low: self.low, high: self.high}

    def check(self, name: str, value: object) -> float | str:
        """See Bound."""
        if self.word and value == self.word:
            return self.word
        return bounds.number(name, value, self.low, self.high, open_ends=self.open_ends)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    kind: ClassVar[Any] = str

    among: tuple[str, ...]

    @property
    def words(self) -> str:
        """See Bound."""
        return f"{', '.join(self.among[:-1])} or {self.among[-1]}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        return {"type": "string", "enum": list(self.among)}

    def check(self, name: str, value: object) -> str:
        """See Bound."""
        return bounds.choice(name, value, self.among)


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture somebody brought."""

    kind: ClassVar[Any] = Picture

    words: str = "a picture (PNG, JPEG, WebP, GIF or BMP)"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound. In the API it is the file itself."""
        return {}

    def check(self, name: str, value: object) -> Picture:
        """See Bound."""
        if not isinstance(value, Picture):
            raise InvalidRequestError(name, value, f"{self.words}; add one first", advice="Add a picture first.")
        return value


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple of at most ``most`` values of the class ``items``, which check themselves."""

    kind: ClassVar[Any] = list[dict[str, str]]

    items: type
    most: int
    noun: str
    example: str

    @property
    def words(self) -> str:
        """See Bound."""
        return f"at most {self.most} {self.noun}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """See Bound."""
        return {"type": "array", "maxItems": self.most}

    def check(self, name: str, value: object) -> tuple[Any, ...]:
        """See Bound."""
        if not isinstance(value, tuple) or not all(isinstance(one, self.items) for one in value):
            raise InvalidRequestError(name, value, f"a list of {self.noun} such as {self.example}")
        if len(value) > self.most:
            raise InvalidRequestError(name, f"{len(value)} {self.noun}", self.words)
        return value
