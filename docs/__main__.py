"""Writes the generated pages and tables anew: ``python -m docs``."""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from docs import endpoints
from docs.schema import page
from store.database import Database
from store.space import Space

_HERE = Path(__file__).parent


def write() -> None:
    """Write docs/schema.md from the database that a first start makes, and the tables of docs/api.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(folder, space=Space(folder, floor=0, ballast=0))
        with database.read() as connection:
            text = page(connection)
        database.close()
    (_HERE / "schema.md").write_text(text, encoding="utf-8")
    api = _HERE / "api.md"
    api.write_text(filled(api.read_text(encoding="utf-8")), encoding="utf-8")


def filled(text: str) -> str:
    """Return docs/api.md with its tables as they have to be. Raises LookupError if a place for one is missing."""
    for name, made in (("fields", endpoints.body()), ("endpoints", endpoints.endpoints())):
        begin, end = f"<!-- {name}: written by make docs -->\n", f"<!-- end of {name} -->\n"
        text, found = re.subn(f"{begin}.*?{end}", lambda _, all_=f"{begin}{made}\n{end}": all_, text, flags=re.DOTALL)
        if found != 1:
            raise LookupError(f"docs/api.md has {found} places for the {name}; it needs one, between its two comments")
    return text


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    write()
