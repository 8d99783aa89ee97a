from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.people import Person
from server.accounts import keys, passwords
from server.accounts.identity import SESSION_COOKIE
from server.accounts.sign_in import SignIn
from server.accounts.throttle import Throttle
from server.assembly import middleware
from server.gate.context import Rules
from tests.server.conftest import PASSWORD, Site
from tests.server.program import SmallHouse

STORED = passwords.hashed(PASSWORD)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Door:
    def __init__(self, folder: Path) -> None:
        self.program, self.clock = SmallHouse(folder), Clock()
        self.program.people.add(Person(name="ann", role="admin"), STORED)
        routes = SignIn(self.program.people, Throttle(self.clock)).routes()
        rules = Rules(
            identities=self.program.identities, access=self.program.access, permissions={}, names={}, own=routes
        )
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
    name_of = door.program.people.name_of
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
    door.program.people.change("ann", disabled=True)
    assert client.get("/config").status_code == 401


def test_five_failures_then_longer_and_longer_waits(door: Door) -> None:
    client = door.client()
    assert [door.sign_in(client, "wrong horse battery") for _ in range(6)] == [401] * 5 + [429]
    refused = client.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61
    door.clock.now += 61
    assert door.sign_in(client, "wrong horse battery") == 401
    door.clock.now += 61
    assert door.sign_in(client) == 429
    door.clock.now += 60
    assert door.sign_in(client) == 303


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-For": "10.9.9.9"}, {"Forwarded": "for=10.9.9.9"}])
def test_wrong_passwords_from_one_address_lock_nobody_elsewhere(door: Door, forwarded: dict[str, str]) -> None:
    attacker = door.client("10.0.0.66")
    for number in range(8):
        attacker.headers.update({name: f"{value}{number % 10}" for name, value in forwarded.items()})
        door.sign_in(attacker, "wrong horse battery")
    assert door.sign_in(attacker) == 429
    assert door.sign_in(door.client("10.0.0.2")) == 303


def test_many_addresses_only_slow_the_owner_down(door: Door) -> None:
    """A day of wrong passwords from everywhere: the owner of the right one waits a moment at most."""
    throttle, waits = Throttle(door.clock), []
    for hour in range(24):
        for number in range(360):
            door.clock.now += 10
            throttle.enter("ann", f"10.{hour}.{number}")
        before = door.clock.now
        while wait := throttle.enter("ann", f"home {hour}"):
            door.clock.now += wait
        throttle.succeeded("ann", f"home {hour}")
        waits.append(door.clock.now - before)
    assert max(waits) <= 21


def test_an_address_that_signed_in_before_does_not_wait(door: Door) -> None:
    assert door.sign_in(door.client("10.0.0.2")) == 303
    for number in range(20):
        door.sign_in(door.client(f"10.1.{number}.1"), "wrong horse battery")
    assert door.sign_in(door.client("10.0.0.3")) == 429
    assert door.sign_in(door.client("10.0.0.2")) == 303


def test_a_browser_that_signed_in_before_is_not_slowed_by_others_at_its_address(door: Door) -> None:
    home = door.client("10.0.0.1")
    home.get("/sign-in")
    assert door.sign_in(home) == 303
    stranger = door.client("10.0.0.1")
    for _ in range(8):
        door.sign_in(stranger, "wrong horse battery")
    assert door.sign_in(stranger) == 429
    home.cookies.delete(SESSION_COOKIE)
    assert door.sign_in(home) == 303
    # It has no more tries than anybody else, though.
    assert [door.sign_in(home, "wrong horse battery") for _ in range(6)] == [401] * 5 + [429]


def test_under_attack_each_address_has_one_try_at_a_time(door: Door) -> None:
    throttle = Throttle(door.clock)
    admitted = 0
    for _ in range(3_600):
        door.clock.now += 1
        for address in range(10):
            admitted += throttle.enter("ann", f"address {address}") == 0
    # Twenty before the brake, and for each address one try, then 2, 4, 8 and 15 minutes apart.
    assert 20 <= admitted <= 20 + 10 * (5 + 6)


def test_a_lock_on_one_name_says_as_much_as_on_a_name_that_does_not_exist(door: Door) -> None:
    def story(name: str) -> list[tuple[int, str]]:
        answers = []
        for number in range(24):
            client = door.client(f"10.0.{number % 4}.1") if number < 22 else door.client(f"10.1.{number}.1")
            reply = client.post("/sign-in", data={"name": name, "password": "wrong horse battery"})
            answers.append((reply.status_code, reply.text.replace(name, "NAME")))
        return answers

    known = story("ann")
    door.clock.now += 7_200
    assert known == story("bea")


def test_guesses_at_the_same_instant_count(door: Door) -> None:
    throttle = Throttle(door.clock)
    assert sum(throttle.enter("ann", "here") == 0 for _ in range(1000)) == 5


def test_one_address_cannot_try_name_after_name(door: Door) -> None:
    throttle = Throttle(door.clock)
    assert sum(throttle.enter(f"name {number}", "here") == 0 for number in range(1000)) == 20
    assert throttle.enter("ann", "elsewhere") == 0


def test_success_clears_the_name_but_not_the_address(door: Door) -> None:
    throttle = Throttle(door.clock)
    for _ in range(4):
        assert throttle.enter("ann", "a") == 0
        throttle.succeeded("ann", "a")
    for number in range(20):
        assert throttle.enter(f"name {number}", "a") == 0
    assert throttle.enter("ann", "a") > 0
    assert throttle.enter("ann", "b") == 0


@pytest.mark.parametrize("kind", ["names", "addresses", "both", "locked", "browsers"])
def test_the_table_of_tries_stays_small(door: Door, kind: str) -> None:
    throttle = Throttle(door.clock)
    for number in range(25_000):
        name = f"name {number}" if kind in {"names", "both"} else "ann"
        address = f"address {number}" if kind in {"addresses", "both", "browsers"} else "here"
        if kind == "locked":
            address = f"address {number}"
            throttle.enter("ann", "here")
        throttle.enter(name, address, browser=f"browser {number}")
        if kind == "browsers":
            throttle.succeeded(name, address, browser=f"browser {number}")
    assert len(throttle._counts) <= 20_000
    assert len(throttle._known) <= 20_000
    door.clock.now += 3_600
    throttle.enter("ann", "here")
    assert len(throttle._counts) <= 3


def test_unknown_names_take_as_long_as_wrong_passwords() -> None:
    def seconds(stored: str | None) -> float:
        begun = time.process_time()
        assert not passwords.matches("wrong horse battery", stored)
        return time.process_time() - begun

    known, unknown = min(seconds(STORED) for _ in range(3)), min(seconds(None) for _ in range(3))
    assert 0.5 < known / unknown < 2
