from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.people import OWNER, Person
from server.accounts import keys
from server.accounts.identity import SESSION_COOKIE, Identities, UnknownKeyError, current_name
from server.accounts.owner import Mode, Owner
from server.accounts.owner_entry import OwnerEntry
from server.accounts.sign_in import SignIn
from server.addresses.public_root import PublicRoot
from server.assembly import middleware
from server.gate.context import Rules
from tests.server.program import SmallHouse

KEY = "k" * 43
HOLDER = Owner("key", KEY)


class Door:
    """The sign-in page, the owner's entry, and a page that says who came."""

    def __init__(self, folder: Path, owner: Owner, root: PublicRoot | None = None) -> None:
        self.program = SmallHouse(folder, owner=owner)
        people = self.program.people
        routes = [
            *SignIn(people, owner=owner).routes(),
            *OwnerEntry(owner, people).routes(),
            Route("/who", lambda request: PlainTextResponse(current_name(request) or "")),
        ]
        rules = Rules(
            identities=self.program.identities,
            access=self.program.access,
            permissions={},
            names={},
            own=routes,
            root=root or PublicRoot(),
        )
        self.app = Starlette(routes=routes, middleware=middleware(rules))

    def client(self, address: str = "http://127.0.0.1:7860") -> TestClient:
        return TestClient(self.app, address, client=("127.0.0.1", 5000), follow_redirects=False)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path, HOLDER)


def who(client: httpx.Client, **headers: str) -> str:
    return client.get("/who", headers=headers).text


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw, "client": ("127.0.0.1", 1)})


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "show.example", ""])
def test_nothing_about_an_address_makes_an_owner(door: Door, host: str) -> None:
    assert door.program.identities.identify(request(host=host)).kind == "guest"


def test_the_printed_address_makes_the_owner_and_the_key_leaves_it(door: Door) -> None:
    client = door.client()
    assert who(client).startswith("guest-")
    reply = client.get(HOLDER.entry("http://127.0.0.1:7860/"))
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cache-control"] == "no-store"
    cookie = reply.headers["set-cookie"]
    assert re.search(r"HttpOnly.*SameSite=Lax", cookie)
    assert KEY not in cookie
    assert KEY not in reply.text
    assert who(client) == OWNER


def test_the_key_can_be_given_by_hand_or_by_a_script(door: Door) -> None:
    client = door.client()
    assert client.post("/owner", data={"key": f" {KEY} "}).status_code == 303
    assert who(client) == OWNER
    assert who(door.client(), **{"x-api-key": KEY}) == OWNER
    assert who(door.client(), authorization=f"Bearer {KEY}") == OWNER


@pytest.mark.parametrize("wrong", ["x" * 43, KEY[:-1], KEY + "k", KEY.upper(), "\u0130" * 43, "0"])
def test_a_wrong_key_is_refused_in_words(door: Door, wrong: str) -> None:
    client = door.client()
    for reply in (client.get("/owner", params={"key": wrong}), client.post("/owner", data={"key": wrong})):
        assert reply.status_code == 401
        assert "python app.py key" in reply.text
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert "show_and_tell_owner" not in reply.headers.get("set-cookie", "")
    assert who(client).startswith("guest-")
    if wrong.isascii():
        with pytest.raises(UnknownKeyError):
            door.program.identities.identify(request(x_api_key=wrong))


def test_a_cookie_of_another_key_or_made_of_the_key_is_a_visitors(door: Door) -> None:
    other = Owner("key", "o" * 43)
    for name, value in (
        (other.cookie_name, other.cookie_value),
        (HOLDER.cookie_name, other.cookie_value),
        (HOLDER.cookie_name, KEY),
        (HOLDER.cookie_name, ""),
    ):
        assert door.program.identities.identify(request(cookie=f"{name}={value}")).kind == "guest"


def test_another_page_cannot_use_the_owners_cookie(door: Door) -> None:
    client = door.client()
    client.post("/owner", data={"key": KEY})
    assert client.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/who", headers={"Origin": "http://127.0.0.1:9999"}).status_code == 403
    assert who(client) == OWNER


def test_signing_out_ends_it_and_an_account_comes_first(door: Door) -> None:
    door.program.people.add(Person(name="ann", role="viewer"), "")
    session = keys.new_key()
    door.program.people.open_session(keys.hashed(session), "ann", kind="session", expires="9999-01-01T00:00:00.000Z")
    client = door.client()
    client.post("/owner", data={"key": KEY})
    client.cookies.set(SESSION_COOKIE, session, domain="127.0.0.1")
    assert who(client) == "ann"
    client.post("/owner", data={"key": KEY})
    assert who(client) == OWNER, "the owner's address ends the session of the account"
    with pytest.raises(UnknownKeyError):
        door.program.identities.identify(request(cookie=f"{SESSION_COOKIE}={session}"))
    client.post("/sign-out")
    assert who(client).startswith("guest-")


def test_a_dead_session_does_not_keep_the_owner_out(door: Door) -> None:
    client = door.client()
    client.cookies.set(SESSION_COOKIE, "dead", domain="127.0.0.1")
    assert client.get("/who").status_code == 401
    assert client.get("/owner", params={"key": KEY}).status_code == 303
    assert who(client) == OWNER


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("127.0.0.1:7860", True),
        ("192.168.1.7", True),
        ("[::1]:7860", True),
        ("localhost:1", True),
        ("studio.localhost", True),
        ("studio", True),
        ("show.example", True),
        # Any page can point its own name at this computer.
        ("evil.example:7860", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_open_means_everybody_but_a_page_that_borrowed_our_address(tmp_path: Path, host: str, owner: bool) -> None:
    program = SmallHouse(tmp_path, owner=Owner("open", names=["show.example"]))
    assert (program.identities.identify(request(host=host)).name == OWNER) is owner


def test_open_ends_with_the_first_account_and_the_key_does_not(tmp_path: Path) -> None:
    people = SmallHouse(tmp_path).people
    people.add(Person(name="ann", role="admin"), "")
    assert Identities(people, Owner("open")).identify(request(host="localhost")).kind == "guest"
    assert Identities(people, HOLDER).identify(request(x_api_key=KEY)).name == OWNER


@pytest.mark.parametrize("mode", ["off", "open"])
def test_no_key_counts_without_the_mode(tmp_path: Path, mode: Mode) -> None:
    door = Door(tmp_path, Owner(mode, KEY))
    client = door.client("http://evil.example")
    assert client.get("/owner", params={"key": KEY}).headers["location"] == "/"
    assert who(client).startswith("guest-")
    with pytest.raises(UnknownKeyError):
        door.program.identities.identify(request(x_api_key=KEY))
    assert "<section hidden>" in client.get("/sign-in").text


@pytest.mark.parametrize("key", ["", "short", "k" * 44, "k" * 42 + "\n"])
def test_a_bad_key_stops_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        Owner("key", key)


def test_under_a_path_the_owner_stays_there(tmp_path: Path) -> None:
    client = Door(tmp_path, HOLDER, PublicRoot("/studio")).client()
    reply = client.get("/studio/owner", params={"key": KEY})
    assert reply.headers["location"] == "/studio/"
    assert "; Path=/studio;" in reply.headers["set-cookie"]
    assert client.get("/studio/who").text == OWNER
    assert client.get("/studio/owner").headers["location"] == "/studio/sign-in"
    wrong = client.get("/studio/owner", params={"key": "x"})
    assert 'action="/studio/owner"' in wrong.text
