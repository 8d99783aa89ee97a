"""Where a request comes from: the address of the peer, or the one a trusted proxy forwards.

The server underneath (uvicorn) resolves ``X-Forwarded-For`` for the proxies it is told to trust: the right-most entry
that is none of them. By default it trusts every process on this machine; ``trust`` sets the proxies it trusts instead.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import os
import secrets
from collections.abc import Collection, Sequence

from starlette.requests import HTTPConnection

from core.address import Address

# Where the gate leaves the address.
ADDRESS_KEY = "show_and_tell.address"
# Where the proxies of a hosting platform such as Hugging Face Spaces stand: in its own network.
PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
# How many people may stand behind a proxy that is not among the trusted ones.
BEHIND_A_PROXY = 20

_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded")
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_log = logging.getLogger(__name__)


def trust(proxies: Sequence[str], *, on_space: bool = False) -> Sequence[str]:
    """Make uvicorn believe these networks and nobody else, and return them. To be called before it starts.

    Args:
        proxies: addresses or networks of proxies.
        on_space: believe the private networks if ``proxies`` is empty: there the proxy of Hugging Face Spaces stands.
    """
    trusted = proxies or (PRIVATE if on_space else ())
    # uvicorn, which Gradio starts, takes this from its variable alone.
    os.environ["FORWARDED_ALLOW_IPS"] = _both_forms(trusted)
    return trusted


def _both_forms(proxies: Sequence[str]) -> str:
    """Return the networks with commas. An IPv6 socket sees IPv4 peers as IPv6 addresses, so IPv4 is named twice."""
    named: list[str] = []
    for proxy in proxies:
        network = ipaddress.ip_network(proxy)
        named.append(str(network))
        if network.version == 4:
            named.append(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
    return ",".join(named)


class Addresses:
    """Turns the address of a request into a key from which it cannot be found."""

    def __init__(self, secret: bytes = b"", *, proxies: Collection[str] = ()) -> None:
        """Make the look-up.

        Args:
            secret: makes the keys unreadable; with another secret they are others. Empty: one of this process.
            proxies: the trusted proxies, for which the server resolves what they forward.
        """
        self._secret = secret or secrets.token_bytes(32)
        self._proxies = bool(proxies)
        self._warned = False

    def of(self, connection: HTTPConnection) -> Address:
        """Return where the request comes from; whatever is no address counts as one and the same."""
        host = connection.client.host if connection.client else ""
        found = _parsed(host)
        people = 1
        if found is None or self._behind_a_proxy(connection, found):
            people = BEHIND_A_PROXY
        return Address(key=self._hashed(_network(found) if found else "none"), people=people)

    def _behind_a_proxy(self, connection: HTTPConnection, peer: _IP) -> bool:
        if self._proxies or not peer.is_private or not any(name in connection.headers for name in _FORWARDED):
            return False
        if not self._warned:
            self._warned = True
            _log.warning(
                "A proxy at %s forwards requests, and all its visitors count as one address. "
                "Set SHOW_AND_TELL_TRUSTED_PROXIES=%s to count each by the address that it forwards.",
                peer,
                peer,
            )
        return True

    def _hashed(self, network: str) -> str:
        return hmac.new(self._secret, network.encode(), hashlib.sha256).hexdigest()[:24]


def current_address(connection: HTTPConnection) -> Address | None:
    """Return the address the gate found; None without a gate."""
    address = connection.scope.get(ADDRESS_KEY)
    return address if isinstance(address, Address) else None


def current_key(connection: HTTPConnection) -> str:
    """Return the key of the address the gate found; all requests without one share the empty key."""
    address = current_address(connection)
    return address.key if address else ""


def _parsed(host: str) -> _IP | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: _IP) -> str:
    """Return what one person holds: an IPv4 address, or the 2**64 IPv6 addresses of one line."""
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
