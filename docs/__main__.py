"""Writes the generated pages anew: ``python -m docs``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from docs.schema import page
from store.database import Database
from store.space import Space

_HERE = Path(__file__).parent


def write() -> None:
    """Write docs/schema.md from the database that a first start makes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(folder, space=Space(folder, floor=0, ballast=0))
        with database.read() as connection:
            text = page(connection)
        database.close()
    (_HERE / "schema.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    write()
