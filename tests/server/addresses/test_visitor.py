from __future__ import annotations

import logging
import os
from typing import Any

import anyio
import pytest
from starlette.requests import HTTPConnection
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.addresses.visitor import BEHIND_A_PROXY, Addresses, trust

SECRET = b"s" * 32


def asked(peer: str | None, headers: list[tuple[str, str]]) -> dict[str, Any]:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "scheme": "http", "client": (peer, 5000) if peer is not None else None, "headers": raw}


def key(
    monkeypatch: pytest.MonkeyPatch,
    peer: str | None,
    *forwarded: str,
    trusted: tuple[str, ...] = (),
    on_space: bool = False,
) -> str:
    """Return the key of a request as the server resolves it, with one X-Forwarded-For header for each ``forwarded``."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    trust(trusted, on_space=on_space)
    found: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(Addresses(SECRET, proxies=trusted).of(HTTPConnection(scope)).key)

    async def ask() -> None:
        server = ProxyHeadersMiddleware(app, trusted_hosts=os.environ["FORWARDED_ALLOW_IPS"])
        await server(asked(peer, [("X-Forwarded-For", value) for value in forwarded]), None, None)  # type: ignore[arg-type]

    anyio.run(ask)
    return found[0]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.1", "203.0.113.9"])
def test_nobody_is_believed_unless_named(monkeypatch: pytest.MonkeyPatch, peer: str) -> None:
    plain = key(monkeypatch, peer)
    for lie in ("198.51.100.1", "198.51.100.1, 127.0.0.1", "127.0.0.1", "", "nonsense", "9" * 10_000):
        assert key(monkeypatch, peer, lie) == plain


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        (("127.0.0.1",), "127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", ["6.6.6.6, 127.0.0.1, 198.51.100.1"], "198.51.100.1"),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", ["6.6.6.6, 198.51.100.1, 10.2.3.4"], "198.51.100.1"),
        (("127.0.0.1",), "::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (("10.0.0.0/8",), "::ffff:10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        (("::1",), "::1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        (("127.0.0.1",), "127.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        (("127.0.0.1",), "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
    ],
)
def test_behind_a_named_proxy_the_right_most_other_address_counts(
    monkeypatch: pytest.MonkeyPatch, trusted: tuple[str, ...], peer: str, forwarded: list[str], address: str
) -> None:
    assert key(monkeypatch, peer, *forwarded, trusted=trusted) == key(monkeypatch, address)


def test_one_line_is_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key(monkeypatch, "2001:db8:1:2::1") == key(monkeypatch, "2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert key(monkeypatch, "2001:db8:1:2::1") != key(monkeypatch, "2001:db8:1:3::1")
    assert key(monkeypatch, "::ffff:198.51.100.1") == key(monkeypatch, "198.51.100.1")
    assert key(monkeypatch, "198.51.100.1") != key(monkeypatch, "198.51.100.2")
    assert key(monkeypatch, "fe80::1%eth0") == key(monkeypatch, "fe80::1")


@pytest.mark.parametrize("peer", [None, "", "testclient", "unix:", "999.1.1.1"])
def test_what_is_no_address_is_one_party_of_many(peer: str | None) -> None:
    address = Addresses(SECRET).of(HTTPConnection(asked(peer, [])))
    assert address == Addresses(SECRET).of(HTTPConnection(asked("nonsense", [])))
    assert address.people == BEHIND_A_PROXY


def test_nothing_leads_back_to_the_address() -> None:
    here = HTTPConnection(asked("198.51.100.1", []))
    assert Addresses(SECRET).of(here).key == Addresses(SECRET).of(here).key
    assert Addresses(SECRET).of(here).key != Addresses(b"t" * 32).of(here).key
    assert Addresses().of(here).key != Addresses().of(here).key
    assert "198" not in Addresses(SECRET).of(here).key


def test_a_proxy_that_nobody_named_stands_for_many_and_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    addresses = Addresses(SECRET)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            proxied = addresses.of(HTTPConnection(asked("127.0.0.1", [("X-Forwarded-For", "198.51.100.1")])))
            assert proxied.people == BEHIND_A_PROXY
    assert [record.getMessage().count("SHOW_AND_TELL_TRUSTED_PROXIES=127.0.0.1") for record in caplog.records] == [1]
    # From the internet anybody can write such a header.
    for headers in ([("X-Forwarded-For", "198.51.100.1")], [("X-Real-IP", "198.51.100.1")]):
        assert addresses.of(HTTPConnection(asked("8.8.8.8", headers))).people == 1


def test_on_a_space_the_platform_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = key(monkeypatch, "198.51.100.1")
    assert key(monkeypatch, "10.16.1.2", "6.6.6.6, 198.51.100.1", on_space=True) == visitor
    assert key(monkeypatch, "10.16.1.2", "198.51.100.1", trusted=("10.0.0.1",), on_space=True) != visitor
