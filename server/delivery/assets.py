"""The scripts, style sheets and pictures of the page: compressed once, and kept by browsers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.delivery import encodings

# A name with a hash of the content never means anything else.
FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
# Shorter than that of the page, and stricter: these run nothing by themselves, and it comes with a hundred files.
_POLICY = "default-src 'self'"


class Assets(StaticFiles):
    """A folder that does not change while the program runs. Thread-safe."""

    def __init__(self, folder: Path, lifetime: str, instead: Mapping[str, bytes] | None = None) -> None:
        """Serve ``folder``.

        Args:
            folder: its files are taken as they are at their first request.
            lifetime: the header ``Cache-Control``.
            instead: name -> what is served in place of a file of the folder.
        """
        super().__init__(directory=folder)
        self._lifetime = lifetime
        self._instead = instead or {}
        self._packed = lru_cache(maxsize=2_000)(self._pack)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or that the caller has it already."""
        response = await super().get_response(path, scope)
        headers = Headers(scope=scope)
        if response.status_code == 200 and path in self._instead:
            response = Response(self._instead[path], media_type=response.media_type)
        elif isinstance(response, FileResponse) and response.status_code == 200 and "range" not in headers:
            response = await self._compressed(response, encodings.preferred(headers.get("accept-encoding", "")))
        if encodings.is_text(guess_type(path)[0] or ""):
            response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = self._lifetime
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def _compressed(self, file: FileResponse, encoding: str | None) -> Response:
        if not encodings.is_text(file.media_type or ""):
            return file
        size = file.stat_result.st_size if file.stat_result else 0
        if encoding is None or size < encodings.SMALLEST:
            return file
        # Above the work of a moment, and the disk may be slow.
        body = await anyio.to_thread.run_sync(lambda: self._packed(str(file.path), encoding))
        # A weak tag: the same content in other bytes. Files asked for by it are found unchanged in every encoding.
        tag, changed = f"W/{file.headers['etag']}", file.headers["last-modified"]
        headers = {"Content-Encoding": encoding, "ETag": tag, "Last-Modified": changed}
        return Response(body, headers=headers, media_type=file.media_type)

    @staticmethod
    def _pack(path: str, encoding: str) -> bytes:
        return encodings.compress(Path(path).read_bytes(), encoding)


def routes(assets: Path, static: Path, own: Path, instead: Mapping[str, bytes]) -> list[BaseRoute]:
    """Return the routes, which come before those of Gradio.

    Args:
        assets: Gradio's scripts and style sheets, whose names carry a hash.
        static: Gradio's other files.
        own: icon, preview and manifest of this program.
        instead: name -> what is served in place of a file of ``assets``.
    """

    async def manifest(_: object) -> Response:
        headers = {"Cache-Control": _A_DAY}
        return FileResponse(own / "manifest.json", media_type="application/manifest+json", headers=headers)

    async def icon(_: object) -> Response:
        return FileResponse(own / "icon-48.png", media_type="image/png", headers={"Cache-Control": _A_DAY})

    return [
        Route("/manifest.json", manifest),
        Route("/favicon.ico", icon),
        Mount("/assets", Assets(assets, FOR_EVER, instead)),
        Mount("/static/own", Assets(own, _A_DAY)),
        Mount("/static", Assets(static, _A_DAY)),
    ]
