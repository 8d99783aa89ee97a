"""Where to listen: an address of this computer and a port that is free, or a sentence that says why not."""

from __future__ import annotations

import errno
import os
import socket

FIRST, LAST = 7860, 7959
_V6 = socket.AF_INET6


class AddressError(ValueError):
    """Nobody can listen there. Names the variable, its value and what to do."""


def choose(host: str, port: int | None) -> int:
    """Return the port to listen on; it is free at this moment.

    Args:
        host: a name or address of this computer, IPv6 without brackets.
        port: that one and no other, or None for the first free one from 7860.

    Raises:
        AddressError: the port is taken or not allowed, or the address is not of this computer.
    """
    places = _places(host)
    if port is not None:
        error = _try(places, port)
        if error:
            raise AddressError(_sentence(error, host, port))
        return port
    for candidate in range(FIRST, LAST + 1):
        error = _try(places, candidate)
        if error is None:
            return candidate
        if error.errno != errno.EADDRINUSE:
            raise AddressError(_sentence(error, host, candidate))
    raise AddressError(f"Every port from {FIRST} to {LAST} is taken; set GRADIO_SERVER_PORT to one that is free.")


def shown(url: str) -> str:
    """Return an address that a browser on this computer opens, where ``url`` names every address at once."""
    return url.replace("//0.0.0.0:", "//localhost:").replace("//[::]:", "//localhost:")


def bracketed(host: str) -> str:
    """Return the host as addresses of the web have it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _places(host: str) -> list[tuple[int, str]]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise AddressError(
            f"GRADIO_SERVER_NAME is {host!r}: no address is known under this name. Write an address of this computer, "
            "such as 127.0.0.1 (reached from here only) or 0.0.0.0 (reached from everywhere)."
        ) from error
    # Gradio looks whether the port is free there, whatever address it is told.
    loopback = (socket.AF_INET, "127.0.0.1")
    return list(dict.fromkeys((*((family, str(address[0])) for family, _, _, _, address in found), loopback)))


def _try(places: list[tuple[int, str]], port: int) -> OSError | None:
    """Return what keeps us from listening on ``port`` at all these places, or None."""
    for family, address in places:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As the server will: a port whose last connections are only fading away counts as free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == _V6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((address, port))
                probe.listen(1)
        except OSError as error:
            return error
    return None


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"GRADIO_SERVER_PORT is {port}: another program listens there already ({bracketed(host)}:{port}). "
            "End it, choose another port, or leave the variable out to have the next free one."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"GRADIO_SERVER_PORT is {port}: this user may not listen there; choose a port from 1024 to 65535."
    if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return f"GRADIO_SERVER_NAME is {host!r}: this is no address of this computer. 127.0.0.1 and 0.0.0.0 always are."
    return f"Nobody can listen on {bracketed(host)}:{port} ({os.strerror(error.errno or 0)})."
