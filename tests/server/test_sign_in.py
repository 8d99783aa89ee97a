from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.people import Person
from server import keys, passwords
from server.assembly import middleware
from server.identity import SESSION_COOKIE
from server.rules import Rules
from server.sign_in import SignIn
from server.throttle import Throttle
from tests.server.conftest import PASSWORD, Site
from tests.server.house import SmallHouse

STORED = passwords.hashed(PASSWORD)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Door:
    def __init__(self, folder: Path) -> None:
        self.house, self.clock = SmallHouse(folder), Clock()
        self.house.town.add(Person(name="ann", role="admin"), STORED)
        routes = SignIn(self.house.town, Throttle(self.clock)).routes()
        rules = Rules(identities=self.house.identities, access=self.house.access, permissions={}, names={}, own=routes)
        self.app = Starlette(routes=routes, middleware=middleware(rules))

    def client(self, address: str = "10.0.0.1") -> TestClient:
        return TestClient(self.app, "http://show.example", client=(address, 5000), follow_redirects=False)

    def sign_in(self, client: TestClient, password: str = PASSWORD, name: str = "ann") -> int:
        return client.post("/sign-in", data={"name": name, "password": password}).status_code


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_the_whole_way_in_and_out(site: Site) -> None:
    browser = site.client()
    page = browser.get("/sign-in")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert browser.get("/gradio_api/user").json().startswith("guest-")
    wrong = browser.post("/sign-in", data={"name": 'ann"><b>', "password": "wrong horse battery"})
    assert wrong.status_code == 401
    assert "<b>" not in wrong.text
    right = browser.post("/sign-in", data={"name": "ann", "password": PASSWORD}, headers={"Origin": site.url})
    assert right.status_code == 303
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/gradio_api/user").json() == "ann"
    key = browser.cookies[SESSION_COOKIE]
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/gradio_api/user").json().startswith("guest-")
    stolen = site.client()
    assert stolen.get("/gradio_api/user", headers={"Cookie": f"{SESSION_COOKIE}={key}"}).status_code == 401


def test_each_sign_in_has_its_own_session_and_ends_the_one_before(door: Door) -> None:
    client = door.client()
    assert door.sign_in(client) == 303
    first = client.cookies[SESSION_COOKIE]
    assert door.sign_in(client) == 303
    assert client.cookies[SESSION_COOKIE] != first
    name_of = door.house.town.name_of
    assert name_of(keys.hashed(first), kind="session", now=keys.now()) is None
    assert name_of(keys.hashed(client.cookies[SESSION_COOKIE]), kind="session", now=keys.now()) == "ann"


def test_a_dead_session_may_go_on_as_a_visitor(site: Site) -> None:
    browser = site.client("expired session")
    assert browser.get("/config").status_code == 401
    page = browser.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    browser.cookies.clear()
    browser.cookies.set(SESSION_COOKIE, site.keys["expired session"])
    assert "Max-Age=0" in browser.get("/sign-in").headers["set-cookie"]


def test_revoking_works_at_once(door: Door) -> None:
    client = door.client()
    door.sign_in(client)
    door.house.town.change("ann", disabled=True)
    assert client.get("/config").status_code == 401


def test_five_failures_then_longer_and_longer_waits(door: Door) -> None:
    client = door.client()
    assert [door.sign_in(client, "wrong horse battery") for _ in range(6)] == [401] * 5 + [429]
    refused = client.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61
    # Neither from elsewhere for the same name, nor from here for another name.
    assert door.sign_in(door.client("10.0.0.2")) == 429
    assert door.sign_in(client, name="bob") == 429
    door.clock.now += 61
    assert door.sign_in(client, "wrong horse battery") == 401
    door.clock.now += 61
    assert door.sign_in(client) == 429
    door.clock.now += 60
    assert door.sign_in(client) == 303


def test_guesses_at_the_same_instant_count(door: Door) -> None:
    throttle = Throttle(door.clock)
    assert sum(throttle.enter("name:ann") == 0 for _ in range(1000)) == 5


def test_success_clears_the_name_but_not_the_address(door: Door) -> None:
    throttle = Throttle(door.clock)
    for _ in range(4):
        assert throttle.enter("name:ann", "address:a") == 0
        throttle.succeeded("name:ann", "address:a")
    for number in range(5):
        assert throttle.enter(f"name:{number}", "address:a") == 0
    assert throttle.enter("name:ann", "address:a") > 0
    assert throttle.enter("name:ann", "address:b") == 0


def test_unknown_names_take_as_long_as_wrong_passwords() -> None:
    def seconds(stored: str | None) -> float:
        begun = time.process_time()
        assert not passwords.matches("wrong horse battery", stored)
        return time.process_time() - begun

    known, unknown = min(seconds(STORED) for _ in range(3)), min(seconds(None) for _ in range(3))
    assert 0.5 < known / unknown < 2
