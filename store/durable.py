"""Files that survive a power cut: written aside, synced, renamed, and the folder synced too."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from core.errors import StorageError
from store import failures


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what lies above it, so that it is still there after a power cut.

    Raises:
        StorageError: the disk refused.
    """
    try:
        if folder.is_dir():
            return
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made or entered ({error.strerror}).") from error


def write(target: Path, data: bytes, *, aside: Path) -> None:
    """Write ``data`` to ``target``, which appears whole or not at all.

    Args:
        target: the file; its folder exists.
        data: all of it.
        aside: a folder on the same disk for the file while it is incomplete.

    Raises:
        StorageError: the disk refused.
    """
    part = ""
    try:
        descriptor, part = _begin(aside)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(part).replace(target)
        _sync(target.parent)
    except OSError as error:
        Path(part).unlink(missing_ok=True) if part else None
        raise failures.of_disk(error, len(data)) from error


def sweep(aside: Path) -> int:
    """Remove what a crash left incomplete in ``aside``, and nothing that any process is writing at this moment.

    Returns:
        How many files were removed.
    """
    removed = 0
    for part in aside.iterdir():
        # Locked is a file that somebody writes; gone is one that has become whole in the meantime.
        with contextlib.suppress(BlockingIOError, FileNotFoundError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink(missing_ok=True)
            removed += 1
    return removed


def _begin(aside: Path) -> tuple[int, str]:
    """Make a file in ``aside``, locked for as long as it is open, so that no sweep takes it for a crash's."""
    while True:
        descriptor, part = tempfile.mkstemp(dir=aside)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, part
        # A sweep came between the two.
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
