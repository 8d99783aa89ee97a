"""Our routes' way to fail: a sentence and a code, whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from core.errors import StudioError
from server.refusals import from_error, refusal

_log = logging.getLogger(__name__)


class PlainErrorRoute(APIRoute):
    """A route whose errors are JSON for people and scripts.

    The routes live inside Gradio's application, whose own error handlers would answer otherwise.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler that FastAPI makes."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except StudioError as error:
                return from_error(error)
            except RequestValidationError as error:
                return _invalid(error)
            except HTTPException as error:
                return refusal(error.status_code, "invalid_request", str(error.detail))
            except Exception:  # noqa: BLE001 - no traceback ever reaches a caller
                _log.exception("%s %s broke", request.method, request.url.path)
                return refusal(500, "failed", "Something went wrong here. The log of this server has the details.")

        return handler


def _invalid(error: RequestValidationError) -> Response:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    what = {"extra_forbidden": "is not a field of this request", "missing": "is missing"}.get(
        first["type"], f"cannot be used: {first['msg']}"
    )
    sentence = f"{place or 'The body'} {what}."
    return refusal(422, "invalid_request", sentence.encode("utf-8", "backslashreplace").decode(), field=place)
