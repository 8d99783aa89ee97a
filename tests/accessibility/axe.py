"""Runs axe-core, the accessibility checker, inside a page of Chromium."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

# ``make test`` fetches it into the virtual environment, with its hash checked.
SCRIPT = Path(__file__).resolve().parents[2] / ".venv" / "axe" / "axe.min.js"


@cache
def script() -> str:
    """Return axe-core; without it the tests are skipped, but not in continuous integration."""
    if not SCRIPT.exists() and not os.environ.get("CI"):
        pytest.skip("no axe-core: `make test` fetches it where there is an npm")
    return SCRIPT.read_text(encoding="utf-8")


def findings(page: Any) -> list[str]:
    """Return what any rule finds on the page as it is now, best practices included, one line an element."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(script())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {_why(node)}"
        for rule in found
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return "; ".join(check["message"] for check in checks)
