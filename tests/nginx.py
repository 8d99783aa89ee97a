"""A real nginx of the test's own, with the configurations of docs/proxy.md."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.program import ROOT, free_port

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PLAIN = "location / { proxy_pass http://127.0.0.1:7860; }"
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def need_nginx() -> None:
    """Skip the module where there is no nginx; continuous integration must have one."""
    if NGINX is None and not os.environ.get("CI"):
        pytest.skip("no nginx on this machine; install one to try the proxies", allow_module_level=True)


def documented(heading: str, number: int = 0) -> str:
    """Return a configuration of docs/proxy.md."""
    page = (ROOT / "docs" / "proxy.md").read_text("utf-8")
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```nginx\n(.*?)```", section, re.DOTALL)[number]


@contextmanager
def proxied(folder: Path, program: str, configuration: str) -> Iterator[str]:
    """Run nginx with ``configuration`` before ``program``; yield its address without a slash.

    Ports and files are put in the places of the documented ones; nothing else is changed.
    """
    assert NGINX, "continuous integration must have an nginx"
    port = free_port()
    tls = "ssl_certificate" in configuration
    if not tls:
        configuration = f"server {{ listen 127.0.0.1:{port}; {configuration} }}"
    for documented_words, here in {
        "http://127.0.0.1:7860": program,
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/": f"{folder}/",
    }.items():
        configuration = configuration.replace(documented_words, here)
    spaces = " ".join(f"{name}_temp_path {folder}/{name};" for name in _FOLDERS)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log {folder}/access.log; {spaces}\n{configuration}\n}}",
        "utf-8",
    )
    process = subprocess.Popen([NGINX, "-p", folder, "-c", file], stderr=subprocess.PIPE)
    try:
        _until_open(process, port)
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _until_open(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended: {process.stderr.read().decode() if process.stderr else ''}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("nginx did not start")
