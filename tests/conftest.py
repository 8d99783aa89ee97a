"""The real program, started once for all tests that talk to it from outside."""

from __future__ import annotations

import pytest

# On import it takes the proxies out of the environment: the tests talk to this machine alone.
from benchmarks.program import running


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """The program as ``make run`` starts it, in a process of its own, with a data folder of its own."""
    with running(tmp_path_factory.mktemp("data")) as started:
        yield started
