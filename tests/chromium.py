"""The browser of the tests, and a window that keeps whatever should not happen in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchmarks.browser import CHROMIUM, QUIET


@contextmanager
def browser() -> Iterator[Any]:
    """Open the browser; without one the tests are skipped, but not in continuous integration."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine; install one to run the browser tests")
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "continuous integration must have a Chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def own(url: str, home: str) -> bool:
    """Tell whether a request stays at home."""
    return url.startswith((home, "data:", "blob:", home.replace("127.0.0.1", "localhost")))
