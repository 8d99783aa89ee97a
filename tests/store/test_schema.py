from __future__ import annotations

from pathlib import Path

import pytest

from docs.schema import page
from store.database import Database

PAGE = Path(__file__).parents[2] / "docs" / "schema.md"


def test_the_page_about_the_schema_is_of_this_schema(database: Database) -> None:
    with database.read() as connection:
        assert page(connection) == PAGE.read_text(encoding="utf-8"), "run `make docs`"


def test_a_column_without_a_sentence_is_found(database: Database) -> None:
    database.write(lambda connection: connection.execute("ALTER TABLE people ADD COLUMN shoe_size INTEGER"))
    with database.read() as connection, pytest.raises(LookupError, match=r"people\.shoe_size"):
        page(connection)


def test_a_column_added_later_brings_its_sentence(database: Database) -> None:
    statement = "ALTER TABLE people ADD COLUMN shoe_size /* European size. */ INTEGER"
    database.write(lambda connection: connection.execute(statement))
    with database.read() as connection:
        assert "| `shoe_size` | INTEGER | European size. |" in page(connection)
