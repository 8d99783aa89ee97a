"""Every function, by every transport, for every kind of caller: no cell may be wrong."""

from __future__ import annotations

import time
import uuid

import httpx
import pytest

from tests.server.conftest import FUNCTIONS, Site
from tests.server.program import ROLES

ROLE_OF = {"ann": "admin", "carl": "creator", "vera": "viewer", "token:ann": "admin", "token:vera": "viewer"}
CALLERS = ("guest", *ROLE_OF, "expired session", "revoked token", "bad token")
UNQUEUED = ("reply", "govern", "forgotten")
PRIVATE = ("govern",)


def _body(**more: object) -> dict[str, object]:
    return {"data": ["x"], "session_hash": uuid.uuid4().hex, **more}


def _tries(name: str, number: int) -> dict[str, tuple[str, dict[str, object]]]:
    api = "/gradio_api"
    return {
        "call": (f"{api}/call/{name}", {"data": ["x"]}),
        "call/v2": (f"{api}/call/v2/{name}", {"text": "x"}),
        "join by number": (f"{api}/queue/join", _body(fn_index=number)),
        "join by name": (f"{api}/queue/join", _body(api_name=name)),
        "run": (f"{api}/run/{name}", _body()),
        "run by number": (f"{api}/run/predict", _body(fn_index=number)),
        "api": (f"{api}/api/{name}", _body()),
        "api by number under another name": (f"{api}/api/reply", _body(fn_index=number)),
    }


def _expected(caller: str, name: str, transport: str) -> int:
    if caller in {"expired session", "revoked token", "bad token"}:
        return 401
    if transport == "join by name":
        return 404  # Gradio joins by number alone; a name there is no function.
    if transport == "call/v2" and name in PRIVATE:
        return 404  # It is not described to scripts, so its inputs have no names.
    action = FUNCTIONS[name]
    if action is None or action not in ROLES[ROLE_OF.get(caller, "anonymous")]:
        return 403
    if transport.startswith(("run", "api")) and name not in UNQUEUED:
        return 404  # Gradio's own refusal: this function has a queue.
    return 200


def test_no_wrong_cell(site: Site) -> None:
    site.ran.clear()
    wrong, cells = [], 0
    for caller in CALLERS:
        client = site.client(caller)
        if caller == "guest":
            client.get("/")
        for name in FUNCTIONS:
            for transport, (path, body) in _tries(name, site.names[name]).items():
                cells += 1
                reply = client.post(path, json=body)
                if reply.status_code != _expected(caller, name, transport):
                    wrong.append((caller, name, transport, reply.status_code, reply.text[:80]))
                elif reply.status_code in {401, 403}:
                    assert set(reply.json()) >= {"error", "code"}
    assert cells == len(CALLERS) * 5 * 8
    assert wrong == []
    time.sleep(0.5)
    role_of = {"ann": "admin", "carl": "creator", "vera": "viewer"}
    for name, who in site.ran:
        assert FUNCTIONS[name] in ROLES[role_of.get(who, "anonymous")]
    assert {"reply", "govern", "figures", "make"} == {name for name, _ in site.ran}


@pytest.mark.parametrize("number", [True, "0", 0.0, [0], 99, -1])
def test_odd_numbers_are_no_way_around(site: Site, number: object) -> None:
    reply = site.client("ann").post("/gradio_api/queue/join", json=_body(fn_index=number))
    assert reply.status_code in {403, 404}
    assert "code" in reply.json()


def test_number_cannot_disguise_a_name(site: Site) -> None:
    body = {"data": ["x"], "fn_index": site.names["reply"]}
    assert site.client("vera").post("/gradio_api/call/govern", json=body).status_code == 403


@pytest.mark.parametrize("text", ["", "[]", "7", "{", '{"data": ["x"], "fn_index": 1, "fn_index": 3}', "[" * 100_000])
def test_a_body_that_two_readers_could_read_differently_is_refused(site: Site, text: str) -> None:
    reply = site.client("vera").post(
        "/gradio_api/queue/join", content=text, headers={"content-type": "application/json"}
    )
    assert reply.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/proxy=https://x.hf.space/"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/vibe-code"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/deep_link?session_hash=x"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/token"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/anything-new"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "/redoc"),
        ("GET", "/config?deep_link=x"),
        ("PUT", "/gradio_api/upload"),
    ],
)
def test_what_is_not_listed_is_refused_even_to_an_admin(site: Site, method: str, path: str) -> None:
    reply = site.client("ann").request(method, path)
    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"


def test_the_page_and_its_parts_are_served(site: Site) -> None:
    guest = site.client()
    page = guest.get("/")
    assert page.status_code == 200
    assert "show_and_tell_visitor" in guest.cookies
    for path in ("/config", "/gradio_api/info", "/theme.css", "/gradio_api/openapi.json", "/robots.txt"):
        assert guest.get(path).status_code == 200
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]


def test_the_gate_costs_little(site: Site) -> None:
    client = site.client("vera")
    times = []
    for _ in range(40):
        begun = time.perf_counter()
        client.post("/gradio_api/queue/join", json=_body(fn_index=site.names["govern"]))
        times.append(time.perf_counter() - begun)
    # The whole round trip on a busy machine; the gate itself is a fraction of it.
    assert sorted(times)[len(times) // 2] < 0.1


def test_python_client_of_gradio_works_for_guests_and_tokens(site: Site) -> None:
    gradio_client = pytest.importorskip("gradio_client")

    def connect(**headers: str) -> object:
        return gradio_client.Client(
            site.url, verbose=False, analytics_enabled=False, token=False, headers=headers, download_files=True
        )

    assert connect().predict("hello", api_name="/reply") == "hello"
    creator = connect(**{"x-api-key": site.keys["token:carla"]})
    assert creator.predict("a picture", api_name="/make").endswith(".png")
    with pytest.raises((ValueError, httpx.HTTPError)):
        connect().predict("a picture", api_name="/make")
