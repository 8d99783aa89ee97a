from __future__ import annotations

import uuid

import pytest

from tests.server.conftest import Site

FOREIGN = (
    "https://evil.example",
    "http://evil.example:7860",
    "null",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1:1",
    "file://",
    "https://friend.example.evil.example",
    "http://[::bad",
)
POSTS = (
    "/gradio_api/queue/join",
    "/gradio_api/run/reply",
    "/gradio_api/call/reply",
    "/gradio_api/cancel",
    "/gradio_api/upload",
    "/generate",
    "/sign-in",
    "/sign-out",
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_pages_can_do_nothing_and_read_nothing(site: Site, origin: str) -> None:
    client = site.client("ann")
    for path in POSTS:
        reply = client.post(path, json={"data": ["x"]}, headers={"Origin": origin})
        assert reply.status_code == 403
        assert reply.json()["code"] == "foreign_origin"
        assert "access-control-allow-origin" not in reply.headers
    reply = client.get("/config", headers={"Origin": origin, "Host": "show.example"})
    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers


def test_own_pages_and_programs_may_call(site: Site) -> None:
    for headers in ({"Origin": site.url}, {}, {"Origin": "https://show.example", "Host": "show.example"}):
        body = {"data": ["x"], "session_hash": uuid.uuid4().hex}
        reply = site.client("vera").post("/gradio_api/run/reply", json=body, headers=headers)
        assert reply.status_code == 200
        assert "access-control-allow-credentials" not in reply.headers


def test_a_browser_that_hides_the_foreign_page_is_refused(site: Site) -> None:
    reply = site.client("ann").post("/gradio_api/cancel", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 403


def test_public_origins_call_with_tokens_not_cookies(site: Site) -> None:
    friend = {"Origin": "https://friend.example"}
    asked = friend | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    preflight = site.client().options("/generate", headers=asked)
    assert preflight.status_code == 200
    reply = site.client("token:vera").get("/config", headers=friend)
    assert reply.status_code == 200
    for answer in (preflight, reply):
        assert answer.headers["access-control-allow-origin"] == "https://friend.example"
        assert "access-control-allow-credentials" not in answer.headers


def test_bodies_are_capped_whether_announced_or_not(site: Site) -> None:
    client, big = site.client("ann"), b"x" * (2**20 + 1)
    for path in ("/gradio_api/run/reply", "/generate", "/sign-in"):
        reply = client.post(path, content=big, headers={"content-type": "application/json"})
        assert reply.status_code == 413
        assert reply.json()["code"] == "too_large"
    pieces = (big[start : start + 2**16] for start in range(0, len(big), 2**16))
    reply = client.post("/gradio_api/run/reply", content=pieces, headers={"content-type": "application/json"})
    assert reply.status_code == 413
    files = {"files": ("big.png", big, "image/png")}
    assert client.post("/gradio_api/upload", files=files).status_code == 413
