"""The page on which people say who they are: with a name and a password, or with the owner's key."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.accounts.owner import Owner
from server.addresses.public_root import link

_PAGE = Template((Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"


class SignInPage:
    """Writes the page. It offers the owner's way in where there is one."""

    def __init__(self, owner: Owner) -> None:
        self._by_key = owner.mode == "key"

    def show(
        self,
        request: Request,
        message: str = "",
        *,
        name: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        accounts: bool = True,
    ) -> HTMLResponse:
        """Return the page.

        Args:
            request: who is to see it.
            message: at the top, as plain text.
            name: in its field, as plain text.
            status: of HTTP.
            headers: beside the page's own.
            accounts: there may be accounts to sign in to; else the owner's way in is all there is.
        """
        text = _PAGE.substitute(
            message=html.escape(message),
            name=html.escape(name, quote=True),
            root=link(request, ""),
            owner="" if self._by_key else "hidden",
            account="hidden" if self._by_key and not accounts else "",
        )
        always = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            # The address may hold a key that was not right here and is right elsewhere.
            "Referrer-Policy": "no-referrer",
        }
        return HTMLResponse(text, status, always | dict(headers or {}))
