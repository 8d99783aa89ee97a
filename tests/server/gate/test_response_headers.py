from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.assembly import middleware
from server.gate.context import Rules
from tests.server.program import SmallHouse


@pytest.mark.parametrize("framed", [False, True])
def test_only_on_a_space_may_its_site_show_the_page_in_a_frame(tmp_path: Path, framed: bool) -> None:
    program = SmallHouse(tmp_path)
    own = [Route("/plain", lambda _: PlainTextResponse("here"))]
    rules = Rules(
        identities=program.identities, access=program.access, permissions={}, names={}, own=own, framed=framed
    )
    client = TestClient(FastAPI(routes=own, middleware=middleware(rules)), "https://show.example")
    headers = client.get("/plain").headers
    assert ("https://huggingface.co" in headers["content-security-policy"]) is framed
    assert headers["set-cookie"].endswith("SameSite=None; Secure; Partitioned" if framed else "SameSite=Lax; Secure")
    program.database.close()
