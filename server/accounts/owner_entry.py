"""GET and POST /owner: the key, once shown, becomes a cookie and leaves the address."""

from __future__ import annotations

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.people import People
from server.accounts import keys
from server.accounts.cookies import cookie
from server.accounts.identity import SESSION_COOKIE, SESSION_LIFE
from server.accounts.owner import COOKIE_LIFE, Owner
from server.accounts.sign_in_page import SignInPage
from server.addresses.public_root import link

_WRONG = (
    "That is not the owner's key of this program. Open the address that it printed at its last start, or ask for the "
    "key where it runs: python app.py key."
)


class OwnerEntry:
    """Signs the owner in. A key of 256 random bits needs no limit on wrong tries."""

    def __init__(self, owner: Owner, people: People) -> None:
        self._owner = owner
        self._people = people
        self._page = SignInPage(owner)

    def routes(self) -> list[Route]:
        """Return the routes for ``app_kwargs``."""
        return [Route("/owner", self._opened, methods=["GET"]), Route("/owner", self._sent, methods=["POST"])]

    async def _opened(self, request: Request) -> Response:
        return await self._enter(request, request.query_params.get("key", ""))

    async def _sent(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=2)
        return await self._enter(request, str(form.get("key", "")).strip())

    async def _enter(self, request: Request, key: str) -> Response:
        if self._owner.mode != "key":
            return _to(request, "/")
        if not key:
            return _to(request, "/sign-in")
        if not self._owner.is_key(key):
            return self._page.show(request, _WRONG, status=401)
        response = _to(request, "/")
        name, value = self._owner.cookie_name, self._owner.cookie_value
        response.headers.append("Set-Cookie", cookie(request, name, value, COOKIE_LIFE))
        session = request.cookies.get(SESSION_COOKIE)
        if session is not None:
            # An account that is signed in would come first.
            await anyio.to_thread.run_sync(self._people.close_session, keys.hashed(session))
            response.headers.append("Set-Cookie", cookie(request, SESSION_COOKIE, "", SESSION_LIFE))
        return response


def _to(request: Request, path: str) -> RedirectResponse:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(link(request, path), status_code=303, headers=headers)
