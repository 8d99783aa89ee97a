"""The real program as a separate process, for figures and tests that need it whole."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Program:
    """A running program: its process, its address, its data, and the seconds until the page answered."""

    process: subprocess.Popen[bytes]
    url: str
    page_seconds: float
    data: Path

    @property
    def owner(self) -> dict[str, str]:
        """The headers that make a script the owner's."""
        return {"x-api-key": (self.data / "owner.key").read_text("ascii").strip()}

    @property
    def entry(self) -> str:
        """The address that makes a browser the owner's."""
        return f"{self.url}/owner?key={self.owner['x-api-key']}"


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, environment: Mapping[str, str] | None = None, *, wait: float = 300) -> Iterator[Program]:
    """Start ``python app.py`` with its data in ``data``, wait for the page, and end it politely afterwards."""
    port = free_port()
    settings = {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "SHOW_AND_TELL_DATA": str(data),
        "HF_HUB_OFFLINE": "1",
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, **settings, **(environment or {})}
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _until_page(process, url, began + wait)
        yield Program(process, url, time.monotonic() - began, data)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_page(process: subprocess.Popen[bytes], url: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the program ended with code {process.returncode}")
        try:
            if "gradio" in httpx.get(url, timeout=5).text:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(f"no page at {url}")
