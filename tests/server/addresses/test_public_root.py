from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.addresses.public_root import PublicRoot, UnderRoot, link, public_url, route_path


@pytest.mark.parametrize(
    ("text", "path", "origin"),
    [
        ("", "", ""),
        ("/", "", ""),
        ("/studio", "/studio", ""),
        (" studio/ ", "/studio", ""),
        ("/a/b/", "/a/b", ""),
        ("/~ann/show.tell", "/~ann/show.tell", ""),
        ("https://show.example", "", "https://show.example"),
        ("https://Show.Example:8443/studio/", "/studio", "https://show.example:8443"),
        ("http://[::1]:80/a", "/a", "http://[::1]:80"),
    ],
)
def test_a_path_or_an_address(text: str, path: str, origin: str) -> None:
    assert PublicRoot.parse(text) == PublicRoot(path, origin)


@pytest.mark.parametrize(
    "text",
    ["//evil.example", "/a//b", "/a/../b", "/.", "/a b", "/a?b", "/a#b", "/<b>", "/a'b", "/%2e%2e", "https://", "https:///a",
     "ftp://a/b", "javascript:alert(1)", "https://a@b/c", "https://a:b/c", "/\u00fc", "a:80/b", "\\a"],
)  # fmt: skip
def test_anything_else_stops_the_start_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"GRADIO_ROOT_PATH is .* allowed: a path such as /studio"):
        PublicRoot.parse(text)


def seen(request: Request) -> JSONResponse:
    return JSONResponse([route_path(request.scope), link(request, "/sign-in"), public_url(request)])


def client(root: PublicRoot) -> TestClient:
    routes = [Route(path, seen) for path in ("/", "/image/{name}", "/studio/x", "/studiox")]
    app = Starlette(routes=routes, middleware=[Middleware(UnderRoot, root=root)])
    return TestClient(app, "http://show.example", follow_redirects=False)


@pytest.mark.parametrize("prefix", ["", "/studio"])
def test_a_proxy_may_take_the_path_off_or_leave_it(prefix: str) -> None:
    visitor = client(PublicRoot("/studio"))
    for path in ("/", "/image/7"):
        assert visitor.get(prefix + path).json() == [path, "/studio/sign-in", "http://show.example/studio/"]


def test_the_path_without_its_slash_leads_to_the_page() -> None:
    reply = client(PublicRoot("/studio")).get("/studio?tab=tell")
    assert (reply.status_code, reply.headers["location"]) == (308, "/studio/?tab=tell")


def test_a_path_that_only_begins_alike_is_another() -> None:
    visitor = client(PublicRoot("/studio"))
    assert visitor.get("/studiox").json()[0] == "/studiox"
    assert visitor.get("/studio/studio/x").json()[0] == "/studio/x"


def test_an_address_that_was_given_is_told_whatever_the_host_says() -> None:
    visitor = client(PublicRoot("/studio", "https://show.example"))
    reply = visitor.get("/studio/", headers={"Host": "127.0.0.1:7860"})
    assert reply.json()[2] == "https://show.example/studio/"
    bare = client(PublicRoot("", "https://show.example"))
    assert bare.get("/", headers={"Host": "127.0.0.1:7860"}).json() == ["/", "/sign-in", "https://show.example/"]


def test_nobody_moves_the_page_by_a_header() -> None:
    headers = {"X-Forwarded-Prefix": "//evil.example", "X-Script-Name": "/evil", "X-Forwarded-Path": "/evil"}
    for root in (PublicRoot(), PublicRoot("/studio")):
        assert client(root).get("/", headers=headers).json() == client(root).get("/").json()


def test_the_page_is_where_people_find_it() -> None:
    assert PublicRoot().page("http://127.0.0.1:7860/") == "http://127.0.0.1:7860/"
    assert PublicRoot("/studio").page("http://127.0.0.1:7860/") == "http://127.0.0.1:7860/studio/"
    assert PublicRoot("/a", "https://show.example").page("http://127.0.0.1:1/") == "https://show.example/a/"
