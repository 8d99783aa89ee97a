"""The owner of this program is who holds the key. A local address proves nothing: a proxy has one, too."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from starlette.requests import HTTPConnection

from server.accounts import keys

Mode = Literal["key", "open", "off"]
COOKIE_LIFE = timedelta(days=30)


class Owner:
    """Tells the owner from everybody else.

    Attributes:
        mode: ``key``: who shows the key; ``open``: everybody who reaches this port; ``off``: nobody.
        key: the key, in the mode ``key`` alone.
        cookie_name: of this key. Cookies are shared between the ports of a host, and two programs must not disturb
            each other.
        cookie_value: made from the key, so that a cookie that got lost does not give the key away.
    """

    def __init__(self, mode: Mode = "off", key: str = "", names: Collection[str] = ()) -> None:
        """Make the owner.

        Args:
            mode: see the attributes.
            key: from ``owner_key.read_or_make``; needed by the mode ``key``.
            names: hosts beside those of this computer by which the mode ``open`` may be reached.

        Raises:
            ValueError: the mode is ``key``, and there is no good key.
        """
        if mode == "key" and not keys.well_formed(key):
            raise ValueError("The owner's key has to be 43 letters, digits or one of - _.")
        self.mode = mode
        self.key = key if mode == "key" else ""
        self.cookie_name = f"show_and_tell_owner_{keys.hashed(f'name:{key}')[:8]}"
        self.cookie_value = keys.hashed(f"cookie:{key}")
        self._names = frozenset(name.lower() for name in names)

    def is_key(self, shown: str) -> bool:
        """Tell whether ``shown`` is the key; takes as long for a near miss as for anything else."""
        return self.mode == "key" and hmac.compare_digest(keys.hashed(shown), keys.hashed(self.key))

    def asks(self, connection: HTTPConnection) -> bool:
        """Tell whether this request, which carries no token and no session, is the owner's."""
        if self.mode == "key":
            shown = connection.cookies.get(self.cookie_name, "")
            return hmac.compare_digest(keys.hashed(shown), keys.hashed(self.cookie_value))
        return self.mode == "open" and self._is_ours(host_name(connection.headers.get("host", "")))

    def entry(self, page: str) -> str:
        """Return the address that makes a browser the owner's; ``page`` is the address of the page, with a slash."""
        return f"{page}owner?key={self.key}" if self.mode == "key" else page

    def _is_ours(self, name: str) -> bool:
        """Tell whether no page elsewhere can have pointed its own name at us (DNS rebinding)."""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            local = name != "" and ("." not in name or name.endswith(".localhost"))
            return local or name in self._names
        return True


def host_name(host: str) -> str:
    """Return the name in a ``Host`` header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")
