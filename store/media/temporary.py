"""The folder for files on their way in and out: ours alone, bounded, and emptied of what nobody fetched."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from core.errors import StorageError
from store import durable
from store.space import MEBIBYTE, Space

# What is younger may be in use this very moment: it is never removed to make room.
_IN_USE = 600.0
# Seconds for which a count of the folder holds.
_COUNTED = 2.0

_log = logging.getLogger(__name__)


class Temporary:
    """Keeps watch over one folder. Thread-safe."""

    def __init__(self, folder: Path, space: Space, *, most: int = 1024 * MEBIBYTE) -> None:
        """Make the folder, for this user alone.

        Args:
            folder: nothing else lies in it.
            space: the watch over its disk.
            most: bytes that may lie in it before new files are refused.

        Raises:
            StorageError: it cannot be made, or belongs to somebody else.
        """
        durable.make_folder(folder)
        try:
            folder.chmod(0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {folder} for files on their way in and out cannot be made private ({error.strerror}). "
                "It has to belong to the user who runs the program."
            ) from error
        self.path = folder
        self._space = space
        self._most = most
        self._lock = threading.Lock()
        self._counted = 0.0

    def require_room(self) -> None:
        """Return if another file may come in.

        Raises:
            StorageError: the disk runs low, or too much lies here that was sent in the last minutes.
        """
        self._space.require()
        with self._lock:
            now = time.monotonic()
            if now - self._counted < _COUNTED:
                return
            if self._size() >= self._most:
                self.sweep(time.time() - _IN_USE)
                size = self._size()
                if size >= self._most:
                    raise StorageError(
                        f"{size // MEBIBYTE:,} MiB of files were sent here lately, which is the most this server "
                        "holds at once. Nothing was accepted; please try again in some minutes."
                    )
            self._counted = now

    def sweep(self, before: float) -> int:
        """Remove the files that nobody changed since ``before`` (seconds since 1970) and return how many."""
        removed = 0
        for path in self._files():
            try:
                found = path.lstat()
                if max(found.st_mtime, found.st_ctime) < before:
                    path.unlink()
                    removed += 1
                    path.parent.rmdir()
            except OSError:
                # Gone already, or others lie in its folder.
                continue
        if removed:
            _log.info("%d files that nobody fetched any more were removed from %s", removed, self.path)
        return removed

    def remove_copies(self, names: Collection[str]) -> int:
        """Remove every file whose SHA-256 is among ``names`` and return how many."""
        removed = 0
        for path in self._files() if names else ():
            try:
                with path.open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
                if found in names:
                    path.unlink()
                    removed += 1
                    path.parent.rmdir()
            except OSError:
                # Gone already, or others lie in its folder.
                continue
        return removed

    def _size(self) -> int:
        size = 0
        for path in self._files():
            try:
                size += path.lstat().st_size
            except OSError:
                continue
        return size

    def _files(self) -> Iterator[Path]:
        # Innermost first, and without a word about folders that go meanwhile.
        walked = os.walk(self.path, topdown=False)
        return (Path(folder) / name for folder, _, names in walked for name in names)
