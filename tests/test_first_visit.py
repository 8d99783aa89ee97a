"""The page as the program hands it out: compressed, with its own head, and with nothing from elsewhere."""

from __future__ import annotations

import re

import brotli
import httpx
import pytest


@pytest.fixture(scope="module")
def client(program):
    with httpx.Client(base_url=program.url, timeout=60, headers={"Accept-Encoding": "br"}) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(client):
    return client.get("/").text


def test_the_page_is_small_and_kept_by_nobody(client):
    with client.stream("GET", "/") as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "private, no-store"
    assert int(answer.headers["content-length"]) == len(raw) < 40_000
    assert b"<gradio-app" in brotli.decompress(raw)
    head = client.head("/")
    assert (head.status_code, head.content, head.headers["content-encoding"]) == (200, b"", "br")


def test_the_page_names_nothing_elsewhere(page, program):
    assert set(re.findall(r"https?://[^/\"\\<\s']*", page)) == {program.url.rstrip("/")}


def test_a_link_to_the_page_shows_its_own_name_and_picture(client, page, program):
    found = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:]+)" content="([^"]*)"', page))
    assert found["og:title"] == found["twitter:title"] == "Show &amp; Tell"
    assert found["og:url"] == f"{program.url.rstrip('/')}/"
    assert found["og:image"] == found["twitter:image"] == f"{program.url.rstrip('/')}/static/own/preview.png"
    picture = client.get(found["og:image"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert page.count("<title>") == 1
    assert re.search(r'<html\s+lang="en"', page)


def test_what_the_head_names_is_there(client, page):
    links = re.findall(r'(?:href|src)="((?:static/|manifest|\./assets/)[^"]*)"', page)
    assert {"static/own/icon.svg", "manifest.json", "static/own/times.js"} <= set(links)
    manifest = client.get("/manifest.json").json()
    assert manifest["name"] == "Show & Tell"
    for link in (*links, *(icon["src"] for icon in manifest["icons"])):
        answer = client.get(f"/{link.removeprefix('./')}")
        assert answer.status_code == 200, link
        assert "Set-Cookie" not in answer.headers


def test_scripts_are_kept_for_good(client, page):
    script = re.search(r'src="\./(assets/[^"]+\.js)"', page)[1]
    answer = client.get(f"/{script}")
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(f"/{script}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_model_is_called_a_demo_once(page):
    assert "(demo) (demo)" not in page
    assert "Emoji SDXL (demo)" in page
