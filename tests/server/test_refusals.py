from __future__ import annotations

import pytest

from core import errors
from server.refusals import from_error


@pytest.mark.parametrize(
    ("error", "status", "code", "again"),
    [
        (errors.StorageBusyError("Busy."), 503, "storage_busy", "5"),
        (errors.StorageFullError("Full."), 507, "storage_full", None),
        (errors.StorageError("Broken."), 503, "storage_failed", None),
        (errors.StoppingError("Stopping."), 503, "stopping", "30"),
    ],
)
def test_busy_full_broken_and_stopping_are_told_apart(error, status: int, code: str, again: str | None) -> None:
    reply = from_error(error)
    assert (reply.status_code, reply.headers.get("retry-after")) == (status, again)
    assert f'"code":"{code}"' in reply.body.decode()
