"""Every refusal as JSON with a sentence for people and a word for scripts. Never a traceback."""

from __future__ import annotations

from starlette.responses import JSONResponse

from core.errors import InvalidRequestError, StudioError
from core.failures import failure


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
    return refusal(found.http, error.code, str(error), field=field)
