"""Room on the disk: no new runs when it runs low, and a reserve so that accepted runs can still be ended."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from core.errors import StorageFullError

MEBIBYTE = 2**20
# Less than SQLite needs to make one more page of its files.
_NOTHING = 64 * 1024

_log = logging.getLogger(__name__)


class Space:
    """Watches the disk of one folder and keeps a ballast file there.

    On a full disk SQLite can neither write nor delete. Removing the ballast makes the room in which the runs under way
    reach their final state.
    """

    def __init__(self, folder: Path, *, floor: int = 500 * MEBIBYTE, ballast: int = 16 * MEBIBYTE) -> None:
        """Watch ``folder``.

        Args:
            folder: exists.
            floor: bytes that must be free before a new run is accepted.
            ballast: bytes of the reserve.
        """
        self._folder = folder
        self._floor = floor
        self._size = ballast
        # Several times the ballast is enough to end many runs; a floor that was set lower counts.
        self._least = min(floor, 4 * ballast)
        self._ballast = folder / "ballast"
        self._restore(self.free())

    def free(self) -> int:
        """Return the bytes this process may still write on the disk of the folder."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize

    def require(self) -> None:
        """Return if there is room for a new run.

        Raises:
            StorageFullError: says how much is free, how much is needed and what to do.
        """
        free = self.free()
        if free < self._floor:
            raise StorageFullError(
                f"Only {free // MEBIBYTE:,} MiB are free on the disk that holds the data folder, and new runs need "
                f"{self._floor // MEBIBYTE:,} MiB. Nothing was accepted; free some space there, then try again."
            )
        self._restore(free)

    def require_for_result(self) -> None:
        """Return if a file of a run that was accepted may be kept: below the floor, but never the last of the disk.

        Raises:
            StorageFullError: the rest is left to the database, so that runs can still be ended.
        """
        if self.free() < self._least:
            raise StorageFullError(
                f"The disk that holds the data folder is full: {self.free() // MEBIBYTE:,} MiB are free. "
                "Free some space there, then try again."
            )

    def roomy(self) -> bool:
        """Tell whether there is room for what can be made again at any time, such as a small copy."""
        return self.free() >= self._floor

    def exhausted(self) -> bool:
        """Tell whether the disk is as good as full, whatever an error says."""
        try:
            return self.free() < _NOTHING
        except OSError:
            return False

    def release(self) -> bool:
        """Remove the ballast; False if it was spent already."""
        try:
            self._ballast.unlink()
        except FileNotFoundError:
            return False
        _log.warning("the disk is full; the reserve of %d bytes was released to end the runs under way", self._size)
        return True

    def _restore(self, free: int) -> None:
        if self._ballast.exists() or free < self._size + self._floor:
            return
        try:
            # Chance, not zeros: a file system that compresses would reserve nothing for zeros.
            self._ballast.write_bytes(os.urandom(self._size))
        except OSError:
            self._ballast.unlink(missing_ok=True)
