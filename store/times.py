"""Times as the database keeps them: UTC ISO 8601 with milliseconds, so that their order as text is their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """Return ``moment`` (with a time zone) as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """Return the present moment as text."""
    return stamp(datetime.now(UTC))


def midnight() -> str:
    """Return the beginning of today, UTC, as text."""
    return stamp(datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))


def days_ago(days: int) -> str:
    """Return the moment ``days`` times 24 hours ago as text."""
    return stamp(datetime.now(UTC) - timedelta(days=days))


def same(text: str) -> str:
    """Return an ISO 8601 time of any precision in the form of this file; without a zone it counts as UTC."""
    moment = datetime.fromisoformat(text)
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def seconds_between(start: str | None, end: str) -> float | None:
    """Return the seconds from ``start`` to ``end``, never negative; None without a start."""
    if start is None:
        return None
    return max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
