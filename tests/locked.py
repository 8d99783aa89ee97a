"""The database as another program holds it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, how: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Hold the database at ``path`` as another program would."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute(how)
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
