"""Text as the database can hold it, and values as JSON that SQLite can read."""

from __future__ import annotations

import json


def clean(text: str) -> str:
    """Return ``text`` with a question mark for each character no database can hold (lone surrogates)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_json(values: object) -> str:
    """Return JSON that SQLite can read; what JSON cannot say becomes text or null, so that odd values never fail."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=lambda _: None), ensure_ascii=False, sort_keys=True)
    return clean(text)
