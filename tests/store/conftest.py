from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from store.runs.run_log import RunLog
from store.space import Space


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path, space=Space(tmp_path, floor=0, ballast=4096))
    yield opened
    opened.close()


@pytest.fixture
def log(database: Database) -> RunLog:
    return RunLog(database)
