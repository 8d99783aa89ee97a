"""Every refusal as JSON with a sentence for people and a word for scripts. Never a traceback."""

from __future__ import annotations

from starlette.responses import JSONResponse

from core.errors import CoolDownError, InvalidRequestError, StudioError
from core.failures import failure


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


def from_error(error: StudioError) -> JSONResponse:
    """Return the reply to an error of the studio."""
    found = failure(error)
    field = error.field if isinstance(error, InvalidRequestError) else ""
    wait = error.seconds if isinstance(error, CoolDownError) else found.wait
    return refusal(
        found.http, error.code, str(error), field=field, headers={"Retry-After": str(wait)} if wait else None
    )
