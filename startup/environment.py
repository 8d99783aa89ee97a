"""What libraries read from the environment by themselves, settled before any of them is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The variables of Gradio that people may set. All others are removed: some of them would end the program with a
# traceback, make it wait for ever at the start, or let visitors edit the page.
_GRADIO = frozenset(
    {"GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"}
)
_DEFAULTS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # A thread of a model that waits for its siblings sleeps instead of spinning: beside another busy program, spinning
    # makes a picture take minutes instead of a second.
    "OMP_WAIT_POLICY": "PASSIVE",
    # It would tell at every load that torchvision is absent, which is intended.
    "TRANSFORMERS_VERBOSITY": "error",
}


def settle() -> list[str]:
    """Set the defaults, keep loopback from every proxy, and remove the variables that Gradio must not read.

    Returns:
        A sentence about the variables that were removed, if there were any.
    """
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    direct = [part.strip() for part in given.split(",") if part.strip()]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(dict.fromkeys((*direct, *_LOOPBACK)))
    removed = sorted(name for name in os.environ if name.upper().startswith("GRADIO_") and name.upper() not in _GRADIO)
    for name in removed:
        del os.environ[name]
    return [f"These have no effect on this program: {', '.join(removed)}."] if removed else []


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Hide variables, whatever their case, for the time of the block. For the start, before there are other threads."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.upper() in names}
    try:
        yield
    finally:
        os.environ.update(hidden)
