"""Files that survive a power cut: written aside, synced, renamed, and the folder synced too."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from core.errors import StorageError


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
        descriptor, part = tempfile.mkstemp(dir=aside)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
        _sync(target.parent)
    except OSError as error:
        Path(part).unlink(missing_ok=True) if part else None
        raise StorageError(
            f"The disk refused to keep a file of {len(data):,} bytes ({error.strerror}). "
            "Free space on the disk that holds the data folder, then try again."
        ) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
