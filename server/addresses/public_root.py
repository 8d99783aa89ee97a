"""Where the page lies for those who come through a proxy: under a path of its own, or at an address that was named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# A host or an address in brackets, with a port or without; then words between single slashes.
_FORM = re.compile(
    r"(?P<origin>https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?=/|$))?"
    r"(?P<path>/?(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*)",
    re.IGNORECASE,
)
_URL_KEY = "show_and_tell.public_url"


@dataclass(frozen=True, slots=True)
class PublicRoot:
    """The value of ``GRADIO_ROOT_PATH``.

    Attributes:
        path: empty, or such as ``/studio``; never ends with a slash.
        origin: empty, or such as ``https://show.example`` if the whole address was given.
    """

    path: str = ""
    origin: str = ""

    @classmethod
    def parse(cls, text: str) -> PublicRoot:
        """Read a path (``/studio``, ``studio/``) or an address (``https://show.example/studio``).

        Raises:
            ValueError: it is neither; the sentence says what is allowed.
        """
        text = text.strip()
        found = _FORM.fullmatch(text)
        path = f"/{found['path'].strip('/')}".rstrip("/") if found else ""
        if not found or {".", ".."} & set(path.split("/")):
            raise ValueError(
                f"GRADIO_ROOT_PATH is {text!r}; allowed: a path such as /studio (letters, digits and . _ ~ -), or the "
                "whole address of the page such as https://show.example/studio"
            )
        return cls(path, (found["origin"] or "").lower())

    @property
    def text(self) -> str:
        """The same in the form that Gradio takes."""
        return self.origin + self.path

    def page(self, local: str) -> str:
        """Return the address of the page, with a slash at its end; ``local`` is where this computer serves it."""
        return f"{self.origin or local.rstrip('/')}{self.path}/"


class UnderRoot:
    """ASGI middleware: every request arrives as one under the root, whether the proxy took the path off or not."""

    def __init__(self, app: ASGIApp, root: PublicRoot) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; ``/studio`` itself is sent to ``/studio/``, from where relative addresses work."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root, path = self._root.path, scope["path"]
        if root and path == root:
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{root}/{'?' if query else ''}{query}", 308)(scope, receive, send)
            return
        if not path.startswith(f"{root}/"):
            path = root + path
        await self._app({**scope, "path": path, "root_path": root, _URL_KEY: self._root.origin}, receive, send)


def route_path(scope: Scope) -> str:
    """Return the path of a request below our root."""
    root, path = scope.get("root_path", ""), scope["path"]
    return str(path[len(root) :] if root and path.startswith(f"{root}/") else path)


def link(connection: HTTPConnection, path: str) -> str:
    """Return the address of one of our own pages, for a redirect or a link; ``path`` begins with a slash."""
    return f"{connection.scope.get('root_path', '')}{path}"


def public_url(connection: HTTPConnection) -> str:
    """Return our own address as the caller sees it, with a slash at its end."""
    origin = connection.scope.get(_URL_KEY)
    return f"{origin}{link(connection, '/')}" if origin else str(connection.base_url)
