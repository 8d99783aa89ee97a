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
from server.rest.wrong_bodies import wrong_body

_log = logging.getLogger(__name__)


class PlainErrorRoute(APIRoute):
    """A route whose errors are JSON for people and scripts.

    The routes live inside Gradio's application, whose own error handlers would answer otherwise.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler that FastAPI makes."""
        inner = super().get_route_handler()
        body = self.body_field.field_info.annotation if self.body_field else None
        fields = {name: field.description or "" for name, field in getattr(body, "model_fields", {}).items()}

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except StudioError as error:
                return from_error(error)
            except RequestValidationError as error:
                return wrong_body(error.errors()[0], request.headers.get("content-type", ""), fields)
            except HTTPException as error:
                return refusal(error.status_code, "invalid_request", str(error.detail))
            except Exception:  # noqa: BLE001 - no traceback ever reaches a caller
                _log.exception("%s %s broke", request.method, request.url.path)
                return refusal(500, "failed", "Something went wrong here. The log of this server has the details.")

        return handler
