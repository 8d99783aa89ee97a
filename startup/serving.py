"""Starts Gradio where the settings say, and keeps it from reading the environment about that by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.network import proxies
from server.addresses import listening as address
from startup import environment

# While it is imported, Gradio would stumble over mistakes in these with a traceback.
TOLD = ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT")


def serve(demo: Any, host: str, port: int, wanted: int | None, launch: Mapping[str, Any]) -> str:
    """Launch the page and return its address.

    Args:
        demo: a ``gradio.Blocks``.
        host: where to listen, IPv6 without brackets.
        port: was free a moment ago.
        wanted: the port that somebody chose, or None for any; only then the next free one is tried.
        launch: further arguments of ``launch()``.

    Raises:
        AddressError: somebody else took the port in the meantime.
    """
    try:
        return _launch(demo, host, port, launch)
    except OSError:
        # The error names the port and nothing more; ``choose`` says who took it, or finds another.
        return _launch(demo, host, address.choose(host, wanted), launch)


def _launch(demo: Any, host: str, port: int, launch: Mapping[str, Any]) -> str:
    with proxies.set_aside(), environment.without(*TOLD):
        _, url, _ = demo.launch(
            prevent_thread_lock=True, quiet=True, server_name=address.bracketed(host), server_port=port, **launch
        )
    return address.shown(str(url))
