"""What is compressed, what is not, and that the heads of both stay true."""

from __future__ import annotations

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from server.delivery.compression import Compression

WORDS = "<p>words</p>" * 2_000
LARGE = "<p>many more words</p>" * 20_000


async def _events():
    for number in range(3):
        yield f"data: {number} {'x' * 2_000}\n\n"


def _text(*, status: int = 200, **headers: str):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(WORDS, status, media_type="text/plain", headers=names)


@pytest.fixture
def client(tmp_path):
    (tmp_path / "words.txt").write_text(WORDS)
    app = Starlette(
        routes=[
            Route("/page", lambda _: HTMLResponse(WORDS)),
            Route("/large", lambda _: HTMLResponse(LARGE)),
            Route("/small", lambda _: HTMLResponse("<p>words</p>")),
            Route("/json", lambda _: JSONResponse({"words": WORDS})),
            Route("/refusal", lambda _: JSONResponse({"detail": WORDS}, 422)),
            Route("/events", lambda _: StreamingResponse(_events(), media_type="text/event-stream")),
            Route("/picture", lambda _: Response(WORDS, media_type="image/png")),
            Route("/download", _text(Content_Disposition="attachment; filename=words.txt")),
            Route("/packed", _text(Content_Encoding="gzip")),
            Route("/part", _text(status=206, Content_Range="bytes 0-23999/90000")),
            Route("/tagged", _text(ETag='"one"')),
            Route("/as-it-is", _text(Cache_Control="no-store, no-transform")),
            Route("/file", lambda _: FileResponse(tmp_path / "words.txt")),
            Route("/nothing", lambda _: Response(status_code=204)),
        ],
        middleware=[Middleware(Compression)],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


def get(client, path, accept="br, gzip", method="GET", **headers):
    async def asked():
        async with client.stream(method, path, headers={"Accept-Encoding": accept, **headers}) as answer:
            raw = b"".join([piece async for piece in answer.aiter_raw()])
        return answer, raw

    return anyio.run(asked)


@pytest.mark.parametrize(("accept", "encoding"), [("gzip, br", "br"), ("gzip", "gzip")])
@pytest.mark.parametrize("path", ["/page", "/large", "/json", "/refusal"])
def test_text_that_comes_whole_is_compressed_and_its_length_is_true(client, path, accept, encoding):
    plain, whole = get(client, path, accept="identity")
    answer, raw = get(client, path, accept=accept)
    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw) < len(whole) / 10
    assert httpx.Response(200, headers=answer.headers, content=raw).content == whole
    assert answer.status_code == plain.status_code
    assert "content-encoding" not in plain.headers


def test_a_head_says_what_a_get_would(client):
    whole, _ = get(client, "/page")
    head, _ = get(client, "/page", method="HEAD")
    for name in ("content-length", "content-encoding", "vary", "content-type"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "path",
    ["/small", "/events", "/picture", "/download", "/packed", "/part", "/tagged", "/as-it-is", "/file", "/nothing"],
)
def test_everything_else_passes_as_it_is(client, path):
    plain, whole = get(client, path, accept="identity")
    answer, raw = get(client, path)
    assert raw == whole
    assert answer.headers == plain.headers
    assert answer.headers.get("content-encoding") in {None, "gzip" if path == "/packed" else None}


def test_an_event_leaves_at_the_moment_it_comes():
    sent: list[Message] = []

    async def app(scope, receive, send):
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        assert len(sent) == 1
        for number in range(3):
            await send({"type": "http.response.body", "body": b"data: 1\n\n" * 200, "more_body": True})
            assert len(sent) == number + 2
            assert sent[-1]["body"] == b"data: 1\n\n" * 200
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"br")]}
    anyio.run(Compression(app), scope, None, send)
    assert len(sent) == 5


def test_what_breaks_before_its_first_byte_still_breaks():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        raise RuntimeError("half way")

    async def send(message):
        raise AssertionError("nothing was promised yet")

    with pytest.raises(RuntimeError, match="half way"):
        anyio.run(Compression(app), {"type": "http", "method": "GET", "headers": []}, None, send)
