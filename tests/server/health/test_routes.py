from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.errors import StorageBusyError
from server.accounts.throttle import Throttle
from server.health.metrics import Metric, exposition, from_rows
from server.health.routes import Health
from tests.server.conftest import Site
from tests.server.program import SmallHouse


def test_alive_and_ready_need_no_account(site: Site) -> None:
    for who in ("guest", "expired session", "bad token"):
        client = site.client(who)
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.get("/readyz").json() == {"status": "ready", "checks": {"disk": "ok"}}


def test_whether_it_lives_depends_on_no_database_and_no_free_thread(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_: object) -> None:
        raise StorageBusyError("The database is busy.")

    monkeypatch.setattr(site.program.identities, "identify", held)
    assert site.client().get("/healthz").json() == {"status": "alive"}
    reply = site.client().get("/readyz")
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_busy")
    assert reply.headers["retry-after"] == "5"


def test_a_broken_check_is_named(tmp_path: Path) -> None:
    program = SmallHouse(tmp_path)

    def breaks() -> str | None:
        raise OSError("secret path")

    checks = {"good": lambda: None, "disk": lambda: "Free 500 MB.", "broken": breaks}
    health = Health(
        access=program.access, checks=checks, statistics=program.statistics, questions=(), throttle=Throttle()
    )
    reply = TestClient(Starlette(routes=health.routes())).get("/readyz")
    assert reply.status_code == 503
    assert reply.json()["checks"]["disk"] == "Free 500 MB."
    assert reply.json()["checks"]["good"] == "ok"
    assert "secret" not in reply.text


def test_figures_are_for_admins_wherever_the_request_comes_from(site: Site) -> None:
    for headers in ({}, {"X-Forwarded-For": "10.0.0.7"}, {"Host": "localhost"}):
        assert site.client().get("/metrics", headers=headers).status_code == 403
    assert site.client("token:vera").get("/metrics").status_code == 403
    assert site.client("token:ann").post("/generate", json={"text": "a red apple"}).status_code == 202
    text = site.client("token:ann").get("/metrics").text
    assert "show_and_tell_outcomes_runs{status=" in text
    assert 'show_and_tell_check_ok{check="disk"} 1' in text
    assert "show_and_tell_sign_in_failures " in text
    assert "ann" not in text


def test_exposition_escapes_and_drops_personal_columns() -> None:
    rows = [{"status": 'a"b\\c\nd', "prompt": "secret", "runs": 3, "seconds": None}]
    text = exposition(from_rows("by_status", rows))
    assert 'show_and_tell_by_status_runs{status="a\\"b\\\\c\\nd"} 3' in text
    assert "secret" not in text
    assert from_rows("nothing", []) == []
    assert exposition([Metric("big", "Big.", [({}, 1234567890.0)])]).endswith("show_and_tell_big 1234567890\n")
