"""Lists of rows in YAML files, each row checked; a mistake names its file, row and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Row = TypeVar("Row", bound=BaseModel)


class CatalogueError(ValueError):
    """models.yaml or styles.yaml cannot be used. Names the file, the row, the field and what is allowed."""


def read_rows(path: Path) -> list[Any]:
    """Return the list a YAML file holds. Raises CatalogueError."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: bytes that are no text, or a date such as 2024-99-99.
        raise CatalogueError(f"{path.name} is not valid YAML: {' '.join(str(error).split())[:300]}") from error
    if not isinstance(rows, list):
        raise CatalogueError(f"{path.name} must be a list of rows, each beginning with `- id:`.")
    return rows


def checked(kind: type[Row], row: Any, place: str) -> Row:
    """Return ``row`` as ``kind``. Raises CatalogueError with one line per field that cannot be used."""
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        lines = (f"{place}, {'.'.join(map(str, e['loc']))} is {e['input']!r:.60}: {e['msg']}" for e in error.errors())
        raise CatalogueError("\n".join(lines)) from error
