"""The script that gives people with a keyboard or a screen reader what Gradio's page lacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "js" / "accessible"
_PARTS = ("landmarks", "names", "dialog", "focus", "announcements")


def script(tips: Mapping[str, str]) -> str:
    """Return the script, to be run once when the page is there.

    Args:
        tips: element id -> what is said about the field in it, as a tooltip and to a screen reader.
    """
    parts = ", ".join(f"{name}: {_read(name)}" for name in _PARTS)
    return f"() => {{ ({_read('page')})({{{parts}}}, {json.dumps(tips)}); }}"


def _read(name: str) -> str:
    """Return a file whose text is one function."""
    return (_FOLDER / f"{name}.js").read_text(encoding="utf-8").strip()
