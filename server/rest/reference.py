"""The REST reference at /docs: written from the OpenAPI description, with nothing loaded from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.addresses.public_root import link, public_url

_PAGE = Template((Path(__file__).parent / "reference.html").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"


def routes(described: Sequence[BaseRoute], version: str) -> list[Route]:
    """Return /openapi.json and /docs for the ``described`` routes."""
    description = get_openapi(
        title="Show & Tell", version=version, routes=described, description="Pictures from words, over REST."
    )
    operations = "\n".join(_operations(description))

    async def openapi(request: Request) -> Response:
        # Relative: right under every name by which the page is reached.
        root = link(request, "")
        return JSONResponse(description | ({"servers": [{"url": root}]} if root else {}))

    async def reference(request: Request) -> Response:
        page = _PAGE.substitute(
            operations=operations, root=link(request, ""), page=html.escape(public_url(request), quote=True)
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    return [Route("/openapi.json", openapi), Route("/docs", reference)]


def _operations(description: Mapping[str, Any]) -> list[str]:
    schemas = description["components"]["schemas"]
    return [
        _operation(path, method, operation, schemas)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    words = html.escape
    body = _schema(operation.get("requestBody", {}), schemas)
    good: Mapping[str, Any] = next(
        (reply for status, reply in operation["responses"].items() if status.startswith("2")), {}
    )
    parts = [
        f"<h2><code>{method.upper()} {words(path)}</code></h2>",
        f"<p>{words(operation.get('summary', ''))}. {words(operation.get('description', '').replace('``', ''))}</p>",
        _table("Send", body),
        _table("Receive", _schema(good, schemas)),
    ]
    codes = ", ".join(sorted(status for status in operation["responses"] if not status.startswith("2")))
    return f"<section>{''.join(parts)}<p class='quiet'>Refusals: {codes}</p></section>"


def _schema(holder: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = holder.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    return dict(schemas.get(reference.rpartition("/")[2], {}))


def _table(title: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", [])
    rows = [
        f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(field.get('description', ''))}</td>"
        f"<td>{'required' if name in required else _default(field)}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    ]
    return f"<h3>{title}</h3><table>{''.join(rows)}</table>" if rows else ""


def _default(field: Mapping[str, Any]) -> str:
    return f"<code>{html.escape(json.dumps(field['default']))}</code>" if "default" in field else ""
