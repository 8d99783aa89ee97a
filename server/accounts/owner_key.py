"""The file that makes somebody the owner: 256 random bits in the data folder, readable by one user alone."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from pathlib import Path

from core.errors import StorageError
from server.accounts import keys

NAME = "owner.key"
_OTHERS = 0o077

_log = logging.getLogger(__name__)


def read_or_make(folder: Path) -> str:
    """Return the key that is kept in ``folder``, or make one.

    A file that is no key, or that another user could have read, gives no rights to anybody: a new key takes its place.

    Raises:
        StorageError: the key can neither be read nor made.
    """
    path = folder / NAME
    try:
        key, problem = _read(path)
        if key is None:
            if problem:
                _log.warning("%s %s: a new key takes its place, and addresses with the old one end.", path, problem)
            key = _make(path, replace=bool(problem))
    except OSError as error:
        raise StorageError(f"The owner's key {path} can neither be read nor made ({error.strerror}).") from error
    return key


def kept(folder: Path) -> str:
    """Return the key that is kept in ``folder``, for somebody who asks for it; nothing is made or changed.

    Raises:
        StorageError: there is none that counts.
    """
    path = folder / NAME
    try:
        key, problem = _read(path)
    except OSError as error:
        raise StorageError(f"The owner's key {path} cannot be read ({error.strerror}).") from error
    if key is None:
        raise StorageError(f"The owner's key {path} {problem or 'is not there'}; the next start makes one.")
    return key


def _read(path: Path) -> tuple[str | None, str]:
    """Return the key, or None and what is wrong with the file; no words if there is none."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return None, "is no plain file"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None, ""
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        text = file.read(200).decode("ascii", "replace").strip()
    if about.st_uid != os.geteuid():
        return None, "belongs to another user"
    if stat.S_IMODE(about.st_mode) & _OTHERS and _keeps_rights(path.parent):
        return None, "could be read by other users"
    return (text, "") if keys.well_formed(text) else (None, "holds no key")


def _keeps_rights(folder: Path) -> bool:
    """Tell whether the disk of ``folder`` can keep a file from others; some shared folders cannot."""
    with tempfile.NamedTemporaryFile(dir=folder) as probe:  # mode 0600
        if not stat.S_IMODE(os.fstat(probe.fileno()).st_mode) & _OTHERS:
            return True
    _log.warning("The disk of %s keeps no file rights: whoever reads that folder can act as the owner.", folder)
    return False


def _make(path: Path, *, replace: bool) -> str:
    """Make the file, whole from its first moment. Of two programs that make it at once, both return the first one's."""
    key = keys.new_key()
    descriptor, part = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(descriptor)
        if replace:
            Path(part).replace(path)
            return key
        try:
            os.link(part, path)
        except FileExistsError:
            return _read(path)[0] or key
        except OSError:  # a disk without hard links
            Path(part).replace(path)
        return key
    finally:
        Path(part).unlink(missing_ok=True)
