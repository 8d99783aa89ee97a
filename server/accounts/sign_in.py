"""The sign-in page and what stands behind it: throttled, slow hashes in threads, a fresh session every time."""

from __future__ import annotations

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.address import Address
from core.people import People
from server.accounts import keys, passwords
from server.accounts.cookies import cookie
from server.accounts.identity import SESSION_COOKIE, SESSION_LIFE, VISITOR_COOKIE
from server.accounts.owner import Owner
from server.accounts.sign_in_page import SignInPage
from server.accounts.throttle import Throttle
from server.addresses.public_root import link
from server.addresses.visitor import current_address

_WRONG = "That name and password do not belong together."


class SignIn:
    """GET and POST /sign-in, POST /sign-out."""

    def __init__(self, people: People, throttle: Throttle | None = None, owner: Owner | None = None) -> None:
        self._people = people
        self._owner = owner or Owner()
        self._page = SignInPage(self._owner)
        self.throttle = throttle or Throttle()
        # Waiting for a hash must not use up the threads that everything else runs in.
        self._hashing = anyio.CapacityLimiter(2)

    def routes(self) -> list[Route]:
        """Return the routes for ``app_kwargs``."""
        return [
            Route("/sign-in", self._show, methods=["GET"]),
            Route("/sign-in", self._try, methods=["POST"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        accounts = bool(await anyio.to_thread.run_sync(self._people.all))
        response = self._page.show(request, accounts=accounts)
        if SESSION_COOKIE in request.cookies and await self._dead(request.cookies[SESSION_COOKIE]):
            # An ended session is refused everywhere; without its cookie the browser is a visitor again.
            response.headers.append("Set-Cookie", cookie(request, SESSION_COOKIE, "", SESSION_LIFE))
        return response

    async def _dead(self, key: str) -> bool:
        def look() -> bool:
            return self._people.name_of(keys.hashed(key), kind="session", now=keys.now()) is None

        return await anyio.to_thread.run_sync(look)

    async def _try(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        name, password = str(form.get("name", "")).strip(), str(form.get("password", ""))
        if not name or not password:
            return self._page.show(request, "Both a name and a password are needed.", name=name, status=400)
        address = current_address(request) or Address(key="")
        account, browser = name.casefold()[:100], _browser(request)
        wait = self.throttle.enter(account, address.key, people=address.people, browser=browser)
        if wait:
            sentence = f"Too many tries. Please wait {_spoken(wait)}."
            return self._page.show(request, sentence, name=name, status=429, headers={"Retry-After": str(wait)})
        if not await anyio.to_thread.run_sync(self._correct, name, password, limiter=self._hashing):
            return self._page.show(request, _WRONG, name=name, status=401)
        self.throttle.succeeded(account, address.key, browser=browser)
        key = await anyio.to_thread.run_sync(self._open, name, request.cookies.get(SESSION_COOKIE))
        response = RedirectResponse(link(request, "/"), status_code=303)
        response.headers.append("Set-Cookie", cookie(request, SESSION_COOKIE, key, SESSION_LIFE))
        return response

    def _correct(self, name: str, password: str) -> bool:
        return passwords.matches(password, self._people.password_hash(name))

    def _open(self, name: str, before: str | None) -> str:
        if before:
            self._people.close_session(keys.hashed(before))
        key = keys.new_key()
        self._people.open_session(keys.hashed(key), name, kind="session", expires=keys.after(SESSION_LIFE))
        return key

    async def _leave(self, request: Request) -> Response:
        key = request.cookies.get(SESSION_COOKIE)
        if key:
            await anyio.to_thread.run_sync(self._people.close_session, keys.hashed(key))
        response = RedirectResponse(link(request, "/"), status_code=303)
        for name in (SESSION_COOKIE, self._owner.cookie_name):
            if name in request.cookies:
                response.headers.append("Set-Cookie", cookie(request, name, "", SESSION_LIFE))
        return response


def _browser(request: Request) -> str:
    """Return what only this browser has, or nothing: the hash of the visitor's cookie."""
    value = request.cookies.get(VISITOR_COOKIE, "")
    return keys.hashed(value) if keys.well_formed(value) else ""


def _spoken(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{(seconds + 59) // 60} minutes"
