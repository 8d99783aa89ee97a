from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.crash import measure


@pytest.mark.slow
def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    figures = measure(20, tmp_path, random.Random())
    assert figures.told > 20, "the children were killed before they did anything"
    assert figures.faults == 0, figures
    assert figures.seconds_to_final < 10
