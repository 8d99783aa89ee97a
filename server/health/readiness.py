"""What readiness means: models loaded, rules proven, room on the disk. And the figures of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from core.errors import StorageError
from server.health.routes import Checks


def checks(
    *,
    loading: Callable[[], bool],
    broken: Callable[[], Mapping[str, str]],
    problems: Callable[[], Mapping[str, str]],
    require_room: Callable[[], None],
) -> Checks:
    """Return the named checks; each returns a sentence if it is not fulfilled.

    Args:
        loading: whether models are being loaded in the background.
        broken: model -> why it failed to load.
        problems: rule -> why it cannot be relied on.
        require_room: raises StorageError if the disk has no room for a new run.
    """

    def models() -> str | None:
        return "The models are being loaded." if loading() else _listed(broken())

    def rules() -> str | None:
        return _listed(problems())

    def disk() -> str | None:
        try:
            require_room()
        except StorageError as error:
            return str(error)
        return None

    return {"models": models, "safety": rules, "disk": disk}


def _listed(found: Mapping[str, str]) -> str | None:
    return "; ".join(f"{name}: {problem}" for name, problem in found.items()) or None


def machine(data: Path) -> dict[str, str]:
    """Return the figures of this machine, with their units; ``data`` lies on the disk that counts."""
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(data))
    return {
        "memory of this program": f"{psutil.Process().memory_info().rss / 2**20:.0f} MiB",
        "memory free": f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB",
        "disk free": f"{disk.free / 2**30:.1f} of {disk.total / 2**30:.1f} GiB",
        "processor load": f"{os.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores",
    }
