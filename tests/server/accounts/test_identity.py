from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request

from core.people import Person
from server.accounts import identity, keys
from server.accounts.cookies import FRAMED_KEY, cookie
from server.accounts.identity import SESSION_COOKIE, VISITOR_COOKIE, UnknownKeyError, current_name
from server.gate.origins import allowed
from tests.server.program import SmallHouse


def _request(client: str = "127.0.0.1", method: str = "GET", **headers: str) -> Request:
    raw = {"host": "localhost:7860"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "server": ("localhost", 7860),
            "client": (client, 1),
            "headers": [(name.encode(), value.encode()) for name, value in raw.items()],
        }
    )


@pytest.fixture
def program(tmp_path: Path) -> SmallHouse:
    return SmallHouse(tmp_path)


def test_a_visitor_keeps_a_name_that_others_cannot_guess(program: SmallHouse) -> None:
    first, second = (program.identities.identify(_request("10.0.0.7")) for _ in range(2))
    assert first.name != second.name
    assert len(first.new_visitor) == 43
    again = program.identities.identify(_request("10.0.0.7", cookie=f"{VISITOR_COOKIE}={first.new_visitor}"))
    assert (again.name, again.new_visitor) == (first.name, "")
    assert first.new_visitor not in first.name
    weak = program.identities.identify(_request("10.0.0.7", cookie=f"{VISITOR_COOKIE}=1"))
    assert weak.new_visitor


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer st_x"},
        {"authorization": "Bearer "},
        {"x_api_key": ""},
        {"cookie": f"{SESSION_COOKIE}=x"},
    ],
)
def test_a_wrong_key_is_never_a_visitor_nor_the_owner(program: SmallHouse, headers: dict[str, str]) -> None:
    with pytest.raises(UnknownKeyError):
        program.identities.identify(_request(**headers))


def test_a_session_is_no_token_and_a_token_no_session(program: SmallHouse) -> None:
    program.people.add(Person(name="ann", role="admin"), "")
    for kind in ("session", "token"):
        program.people.open_session(keys.hashed(kind), "ann", kind=kind, expires="9999-01-01T00:00:00.000Z")
    assert program.identities.identify(_request(x_api_key="token")).name == "ann"
    assert program.identities.identify(_request(cookie=f"{SESSION_COOKIE}=session")).name == "ann"
    for headers in ({"x_api_key": "session"}, {"cookie": f"{SESSION_COOKIE}=token"}):
        with pytest.raises(UnknownKeyError):
            program.identities.identify(_request(**headers))


def test_an_idle_session_ends(program: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    program.people.add(Person(name="ann", role="admin"), "")
    program.people.open_session(keys.hashed("k"), "ann", kind="session", expires="9999-01-01T00:00:00.000Z")
    request, clock = _request(cookie=f"{SESSION_COOKIE}=k"), [0.0]
    monkeypatch.setattr(identity.time, "monotonic", lambda: clock[0])
    hours = 3600.0
    for moment in (0.0, 11 * hours, 22 * hours):
        clock[0] = moment
        assert program.identities.identify(request).name == "ann"
    clock[0] = 35 * hours
    for _ in range(2):
        with pytest.raises(UnknownKeyError):
            program.identities.identify(request)


def test_without_a_gate_nobody_is_admitted() -> None:
    assert current_name(_request()) is None


def test_cookies_fit_the_frame_of_a_space() -> None:
    framed = _request()
    framed.scope[FRAMED_KEY] = True
    value = cookie(framed, VISITOR_COOKIE, "x", identity.SESSION_LIFE)
    assert value.endswith("SameSite=None; Secure; Partitioned")
    assert cookie(_request(), VISITOR_COOKIE, "x", identity.SESSION_LIFE).endswith("SameSite=Lax")


def test_the_origin_behind_a_proxy_that_ends_tls() -> None:
    assert allowed(_request(method="POST", host="show.example", origin="https://show.example"), ())
    assert not allowed(_request(method="POST", host="show.example:8443", origin="https://show.example"), ())


@pytest.mark.parametrize(
    ("site", "allowed_here"), [("same-origin", True), ("same-site", False), ("cross-site", False), ("none", False)]
)
def test_a_browser_knows_its_own_page_where_the_proxy_changed_the_name(site: str, allowed_here: bool) -> None:
    request = _request(method="POST", host="127.0.0.1:7860", origin="https://show.example", sec_fetch_site=site)
    assert allowed(request, ()) is allowed_here


def test_cookies_stay_under_the_path_of_the_page() -> None:
    request = _request()
    request.scope["root_path"] = "/studio"
    assert "; Path=/studio; " in cookie(request, VISITOR_COOKIE, "x", identity.SESSION_LIFE)
    assert "; Path=/; " in cookie(_request(), VISITOR_COOKIE, "x", identity.SESSION_LIFE)
