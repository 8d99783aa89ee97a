"""Remote services go through the proxy of the environment; this computer, and an unusable proxy, never."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator

import httpx
import pytest

from core.errors import EngineUnavailableError
from pipelines.network import proxies
from pipelines.network.transport import StatusError, StrictTransport

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class _Proxy(http.server.BaseHTTPRequestHandler):
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_CONNECT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy that answers everything itself, and what it was asked for."""
    handler = type("Proxy", (_Proxy,), {"seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", handler.seen  # type: ignore[attr-defined]  # made just above
        server.shutdown()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_remote_service_is_reached_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, proxy: tuple[str, list[str]], name: str, scheme: str
) -> None:
    address, seen = proxy
    monkeypatch.setenv(name, scheme + address)
    url = "http://service.invalid/predictions"
    with httpx.Client(transport=StrictTransport(httpx.Timeout(5), url)) as client, pytest.raises(StatusError):
        client.get(url)
    assert seen == [url]


def test_a_secure_service_too(monkeypatch: pytest.MonkeyPatch, proxy: tuple[str, list[str]]) -> None:
    address, seen = proxy
    monkeypatch.setenv("https_proxy", f"http://{address}")
    url = "https://service.invalid/"
    with httpx.Client(transport=proxies.transport(url)) as client, pytest.raises(httpx.ProxyError):
        client.get(url)
    assert seen == ["service.invalid:443"]


@pytest.mark.parametrize("value", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "ftp://x", "http://[", "nonsense://"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://127.8.8.8/"])
def test_this_computer_is_reached_directly_whatever_the_proxy(
    monkeypatch: pytest.MonkeyPatch, value: str, url: str
) -> None:
    for name in NAMES[:3]:
        monkeypatch.setenv(name, value)
    assert proxies.of(url) is None
    proxies.transport(url).close()


def test_what_needs_no_proxy_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxies.of("https://a.inside.example/") is None
    assert proxies.of("https://outside.example/") == "http://127.0.0.1:9"
    monkeypatch.setenv("no_proxy", "*")
    assert proxies.of("https://outside.example/") is None


@pytest.mark.parametrize(
    "value", ["ftp://ann:secret@x", "nonsense://ann:secret@y", "http://ann:secret@[", "http://x:port"]
)
def test_a_proxy_that_cannot_be_used_is_a_sentence_and_never_gone_round(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(EngineUnavailableError, match="ALL_PROXY is") as caught:
        proxies.transport("https://service.invalid/")
    assert "secret" not in str(caught.value)
    assert proxies.problems() == [str(caught.value)]


def test_socks_works_or_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    try:
        import socksio  # noqa: F401
    except ImportError:
        assert "pip install socksio" in proxies.problems()[0]
    else:
        assert proxies.problems() == []


def test_while_gradio_calls_itself_there_is_no_proxy_and_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    found: list[str | None] = []
    other = threading.Thread(target=lambda: found.append(proxies.of("http://service.invalid/")))
    with proxies.set_aside():
        httpx.Client().close()
        other.start()
        other.join(0.2)
        assert found == []
    other.join(5)
    assert found == [os.environ["HTTP_PROXY"]]
