from __future__ import annotations

import os

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.delivery import assets

SCRIPT = "export const words = 'the same and the same and the same';\n" * 100


@pytest.fixture
def client(tmp_path):
    for name in ("assets", "static/img", "own"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (tmp_path / "assets" / "player-3c4d.js").write_text(SCRIPT)
    (tmp_path / "assets" / "font.woff2").write_bytes(os.urandom(4_000))
    (tmp_path / "static" / "img" / "logo.svg").write_text(f"<svg><!--{SCRIPT}--></svg>")
    (tmp_path / "own" / "manifest.json").write_text('{"name": "Show & Tell"}')
    (tmp_path / "own" / "icon-48.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.js").write_text("secret")
    folders = (tmp_path / name for name in ("assets", "static", "own"))
    routes = assets.routes(*folders, {"player-3c4d.js": b"export {};"})
    return TestClient(Starlette(routes=routes), headers={"Accept-Encoding": "br"})


def raw(client, path, **headers):
    with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join(answer.iter_raw())


def test_a_script_is_compressed_once_and_kept_for_ever(client, monkeypatch):
    answer, body = raw(client, "/assets/index-1a2b.js")
    assert brotli.decompress(body).decode() == SCRIPT
    assert int(answer.headers["content-length"]) == len(body) < len(SCRIPT) / 10
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert "javascript" in answer.headers["content-type"]
    monkeypatch.setattr(assets.encodings, "compress", None)
    assert raw(client, "/assets/index-1a2b.js")[1] == body


def test_who_has_it_already_gets_no_body_in_either_encoding(client):
    for accept in ("br", "gzip", "identity"):
        tag = raw(client, "/assets/index-1a2b.js", **{"Accept-Encoding": accept})[0].headers["etag"]
        answer, body = raw(client, "/assets/index-1a2b.js", **{"If-None-Match": tag})
        assert (answer.status_code, body) == (304, b"")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
    assert raw(client, "/assets/index-1a2b.js", **{"If-None-Match": '"another"'})[0].status_code == 200


def test_a_head_says_what_a_get_would(client):
    whole, _ = raw(client, "/assets/index-1a2b.js")
    head = client.head("/assets/index-1a2b.js")
    assert head.content == b""
    for name in ("content-length", "content-encoding", "etag", "content-type", "cache-control"):
        assert head.headers[name] == whole.headers[name]


def test_a_part_is_a_part_of_the_plain_file(client):
    answer, body = raw(client, "/assets/index-1a2b.js", Range="bytes=7-11")
    assert (answer.status_code, body) == (206, SCRIPT.encode()[7:12])
    assert "content-encoding" not in answer.headers


def test_what_is_packed_already_is_left_alone(client):
    answer, body = raw(client, "/assets/font.woff2")
    assert "content-encoding" not in answer.headers
    assert len(body) == 4_000


def test_a_script_that_nobody_needs_is_served_as_nothing(client):
    answer, body = raw(client, "/assets/player-3c4d.js")
    assert body == b"export {};"
    assert "javascript" in answer.headers["content-type"]


def test_names_without_a_hash_are_kept_for_a_day(client):
    for path, kind in (
        ("/static/img/logo.svg", "image/svg+xml"),
        ("/static/own/icon-48.png", "image/png"),
        ("/manifest.json", "application/manifest+json"),
        ("/favicon.ico", "image/png"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    "path", ["/assets/../secret.js", "/assets/%2e%2e/secret.js", "/assets/..%2fsecret.js", "/assets/", "/assets/no.js"]
)
def test_nothing_outside_of_the_folder_is_served(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "immutable" not in answer.headers.get("cache-control", "")
