"""Proxies of the environment: remote services are reached through them, this computer never."""

from __future__ import annotations

import ipaddress
import os
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from core.errors import EngineUnavailableError

_NAMES = ("http_proxy", "https_proxy", "all_proxy")
_environment = threading.RLock()


@contextmanager
def set_aside() -> Iterator[None]:
    """Hide the proxies for the time of the block, in which Gradio calls itself.

    Its client would fail over a proxy it cannot use before it finds that loopback needs none. Calls of ``of`` in
    other threads wait meanwhile.
    """
    with _environment:
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.lower() in _NAMES}
        try:
            yield
        finally:
            os.environ.update(hidden)


def of(url: str) -> str | None:
    """Return the address of the proxy on the way to ``url``, or None for the direct way."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    with _environment:
        known = urllib.request.getproxies()
        if _is_loopback(host) or urllib.request.proxy_bypass(host):
            return None
    found = known.get(parts.scheme) or known.get("all")
    return found if not found or "://" in found else f"http://{found}"


def transport(url: str) -> httpx.HTTPTransport:
    """Return the way to ``url``.

    Raises:
        EngineUnavailableError: the environment names a proxy that cannot be used. Going round it would show a service
            an address that somebody wanted hidden.
    """
    proxy = of(url)
    return _through(proxy) if proxy else httpx.HTTPTransport()


def problems() -> list[str]:
    """Return a sentence for each proxy of the environment that cannot be used."""
    found: dict[str, None] = {}
    for scheme in ("http", "https"):
        try:
            transport(f"{scheme}://example.com").close()
        except EngineUnavailableError as error:
            found[str(error)] = None
    return list(found)


def _through(proxy: str) -> httpx.HTTPTransport:
    try:
        if not urlsplit(proxy).hostname:
            raise ValueError("no host")  # noqa: TRY301 - one sentence for everything that is no address
        return httpx.HTTPTransport(proxy=proxy)
    except ImportError as error:
        why = "for SOCKS the Python package socksio is missing (pip install socksio)"
        raise EngineUnavailableError(_sentence(proxy, why)) from error
    except (ValueError, httpx.InvalidURL) as error:
        why = "allowed: an address with http, https, socks5 or socks5h"
        raise EngineUnavailableError(_sentence(proxy, why)) from error


def _sentence(proxy: str, why: str) -> str:
    # Without name and password, which may stand before the @.
    scheme, _, rest = proxy.partition("://")
    shown = f"{scheme}://{rest.rpartition('@')[2]}"
    names = sorted(name for name, value in os.environ.items() if name.lower() in _NAMES and value and value in proxy)
    source = " and ".join(names) or "The proxy of this system"
    return f"{source} is {shown[:100]!r}: {why}. Remote services cannot be reached."


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
