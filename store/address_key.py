"""The secret that makes network addresses unreadable before they are kept."""

from __future__ import annotations

import secrets
from pathlib import Path

from core.errors import StorageError
from store import durable

NAME = "address.key"
_BYTES = 32


def address_key(folder: Path) -> bytes:
    """Return the 32 bytes in ``folder / "address.key"``, made at the first start and readable by this user alone.

    Without the file the hashes in the database lead back to nobody, and the shares of today begin anew.

    Raises:
        StorageError: it can be neither read nor made.
    """
    path = folder / NAME
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    except OSError as error:
        raise StorageError(f"The file {path} cannot be read ({error.strerror}).") from error
    if len(key) != _BYTES:
        key = secrets.token_bytes(_BYTES)
        durable.make_folder(folder)
        durable.write(path, key, aside=folder)
    return key
