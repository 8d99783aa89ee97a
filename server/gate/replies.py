"""What the gate answers when a request does not pass."""

from __future__ import annotations

import errno

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from core.errors import StorageFullError, StudioError
from server.accounts.cookies import VISITOR_LIFE, cookie
from server.accounts.identity import SESSION_COOKIE, UnknownKeyError
from server.addresses.public_root import link, route_path
from server.refusals import Refused, from_error, refusal

# What a disk says that takes no more: nobody's mistake, and it passes.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_ROOM = "The disk is full, so nothing was accepted. Please try again later."


def reply_to(connection: HTTPConnection, error: Exception) -> Response | None:
    """Return the answer to a decision, or to what passes by itself; None for what nobody expected."""
    match error:
        case UnknownKeyError():
            return _unknown_key(connection, error)
        case Refused():
            return _refused(connection, error)
        case StudioError():
            # Such as a database that another program holds, on the way to who this is.
            return from_error(error)
        case OSError() if error.errno in _FULL:
            return from_error(StorageFullError(_NO_ROOM))
    return None


def _wants_page(connection: HTTPConnection) -> bool:
    return route_path(connection.scope) == "/" and "text/html" in connection.headers.get("accept", "")


def _unknown_key(connection: HTTPConnection, error: UnknownKeyError) -> Response:
    response: Response = refusal(401, error.code, str(error), headers={"WWW-Authenticate": "Bearer"})
    if _wants_page(connection) and error.code == "session_ended":
        response = RedirectResponse(link(connection, "/sign-in"), status_code=303)
        response.headers.append("Set-Cookie", cookie(connection, SESSION_COOKIE, "", VISITOR_LIFE))
    return response


def _refused(connection: HTTPConnection, error: Refused) -> Response:
    if error.code == "not_permitted" and _wants_page(connection):
        return RedirectResponse(link(connection, "/sign-in"), status_code=303)
    return refusal(error.status, error.code, str(error), headers=error.headers)
