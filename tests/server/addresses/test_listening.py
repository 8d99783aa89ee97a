from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from server.addresses import listening as address


@contextmanager
def taken(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as other:
        other.bind((host, port))
        other.listen(1)
        yield int(other.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::1", "::"])  # noqa: S104 - asked for
def test_a_chosen_port_is_that_port_or_a_sentence(host: str) -> None:
    with taken() as port, pytest.raises(address.AddressError, match=f"GRADIO_SERVER_PORT is {port}: another program"):
        address.choose(host, port)
    assert address.choose(host, port) == port


def test_a_port_that_is_taken_on_ipv6_alone_is_taken() -> None:
    with taken("::1") as port, pytest.raises(address.AddressError, match="another program"):
        address.choose("::1", port)


def test_only_the_default_moves_on() -> None:
    with ExitStack() as held:
        first = address.choose("127.0.0.1", None)
        held.enter_context(taken(port=first))
        assert first < address.choose("127.0.0.1", None) <= address.LAST


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "8.8.8.8"])
def test_an_address_of_another_computer_is_told_at_once(host: str) -> None:
    with pytest.raises(address.AddressError, match="no address of this computer"):
        address.choose(host, None)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "x" * 70, "127.0.0.1:7860", "..", "1.2.3.4.5"])
def test_a_name_that_nobody_knows_is_told(host: str) -> None:
    with pytest.raises(address.AddressError, match="GRADIO_SERVER_NAME is"):
        address.choose(host, None)


def test_a_port_this_user_may_not_have_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(address.AddressError, match=r"GRADIO_SERVER_PORT is 80: this user may not .* from 1024"):
        address.choose("127.0.0.1", 80)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://localhost:7860/", "http://localhost:7860/"),
        ("http://[::1]:7860/", "http://[::1]:7860/"),
        ("http://[::]:7860/", "http://localhost:7860/"),
    ],
)
def test_the_printed_address_opens_in_a_browser(url: str, shown: str) -> None:
    assert address.shown(url) == shown
