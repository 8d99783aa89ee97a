"""The whole program inside the test's own process, with people of every role."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import settings
import wiring
from benchmarks.program import free_port
from core.people import Person
from server.accounts import keys, passwords
from startup.program import Program


@contextmanager
def served(folder: Path, **named: Any) -> Iterator[Program]:
    """Serve the program on a free port of the loopback address, without an owner; its address is its ``url``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_SERVER_NAME", "127.0.0.1")
        patch.setenv("GRADIO_SERVER_PORT", str(free_port()))
        program = wiring.build(settings.Settings(data=folder, **{"owner": "off", "preload": False, **named}))
        program.url = program.start().rstrip("/")
    try:
        yield program
    finally:
        program.stop()


def token(program: Program, role: str) -> dict[str, str]:
    """Return the headers of a new person with that role; a visitor without an account sends none."""
    if role == "anonymous":
        return {}
    name = f"{role}-{secrets.token_hex(4)}"
    program.people.add(Person(name=name, role=role), passwords.hashed("a long enough password"))
    key = keys.new_key()
    program.people.open_session(keys.hashed(key), name, kind="token", expires="2099-01-01T00:00:00.000Z")
    return {"x-api-key": key}
