"""Every refusal as JSON with a sentence for people and a word for scripts. Never a traceback."""

from __future__ import annotations

from starlette.responses import JSONResponse

from core import errors

# First match wins, so the special come before the general.
_STATUS: tuple[tuple[type[errors.StudioError], int], ...] = (
    (errors.InvalidRequestError, 400),
    (errors.LimitReachedError, 429),
    (errors.NotPermittedError, 403),
    (errors.BlockedError, 422),
    (errors.QueueFullError, 503),
    (errors.SafetyUnavailableError, 503),
    (errors.EngineUnavailableError, 503),
    (errors.RunCancelledError, 409),
    (errors.ConflictError, 409),
    (errors.UnknownRunError, 404),
    (errors.StoppingError, 503),
    (errors.StorageFullError, 507),
    (errors.StorageError, 503),
    (errors.EngineFailedError, 500),
)

# What may pass if the same is asked again, and after how many seconds.
_AGAIN: tuple[tuple[type[errors.StudioError], int], ...] = ((errors.StorageBusyError, 5), (errors.StoppingError, 30))


class Refused(Exception):  # noqa: N818 - a decision, not a fault
    """The gate says no. Carries the reply."""

    def __init__(self, status: int, code: str, sentence: str, *, wait: int = 0) -> None:
        """Make the decision; ``wait`` in seconds becomes ``Retry-After``."""
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.headers = {"Retry-After": str(wait)} if wait else {}


def refusal(
    status: int, code: str, sentence: str, *, field: str = "", headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return ``{"error", "code"}`` and, where one field is to blame, ``"field"``."""
    content = {"error": sentence, "code": code} | ({"field": field} if field else {})
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def from_error(error: errors.StudioError) -> JSONResponse:
    """Return the reply to an error of the studio."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    field = error.field if isinstance(error, errors.InvalidRequestError) else ""
    again = next((seconds for kind, seconds in _AGAIN if isinstance(error, kind)), None)
    again = error.seconds if isinstance(error, errors.CoolDownError) else again
    headers = {} if again is None else {"Retry-After": str(again)}
    return refusal(status, error.code, str(error), field=field, headers=headers)
