from __future__ import annotations

import io
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from pipelines.lanes import InlineLane
from server.accounts.owner import Owner
from server.assembly import middleware
from server.gate.context import Rules
from server.rest.routes import Rest
from tests.core.vocabulary.small import SMALL
from tests.program import png
from tests.server.conftest import Site
from tests.server.program import DAILY, SmallHouse

# What the painter makes of seed 7 and the words "a red apple".
PAINTED = png((7 * 37 % 256, 7 * 91 % 256, len("a red apple")))


def _done(client: httpx.Client, image_id: str) -> dict[str, Any]:
    for _ in range(100):
        state: dict[str, Any] = client.get(f"/image/{image_id}").json()
        if state["status"] != "processing":
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_from_words_to_a_picture(site: Site) -> None:
    client = site.client("token:carl")
    reply = client.post("/generate", json={"text": "a red apple", "style": "none", "resolution": "24x32", "seed": 7})
    assert reply.status_code == 202
    accepted = reply.json()
    assert (accepted["status"], accepted["estimate"] in {"measured", "guess"}) == ("processing", True)
    assert accepted["estimated_time"] > 0
    state = _done(client, accepted["image_id"])
    assert state["status"] == "done"
    assert datetime.fromisoformat(state["generated_at"]).utcoffset() == timedelta(0)
    with (
        Image.open(io.BytesIO(client.get(state["image_url"]).content)) as image,
        Image.open(io.BytesIO(PAINTED)) as own,
    ):
        assert image.tobytes() == own.tobytes()
    picture = client.get(state["images"][0]["thumbnail_url"])
    assert picture.headers["cache-control"].startswith("private")
    record = client.get(f"/runs/{accepted['image_id']}").json()
    assert record["request"]["aspect_ratio"] == "portrait"
    assert record["source"] == "rest"
    again = client.post("/generate", json={"text": "another"}).json()
    assert (again["estimate"], again["estimated_time"] < 30) == ("measured", True)


def test_a_run_is_replayed_and_varied(site: Site) -> None:
    client = site.client("token:carl")
    first = client.post("/generate", json={"text": "a red apple", "seed": 7}).json()["image_id"]
    assert _done(client, first)["status"] == "done"
    again = client.post(f"/runs/{first}/replay")
    assert again.status_code == 202
    assert _done(client, again.json()["image_id"])["images"][0]["seed"] == 7
    record = client.get(f"/runs/{again.json()['image_id']}").json()
    assert (record["parent"], record["verification"]["verdict"]) == (first, "identical")
    varied = client.post(f"/runs/{first}/vary").json()["image_id"]
    assert _done(client, varied)["status"] == "done"
    record = client.get(f"/runs/{varied}").json()
    assert record["parent"] == first
    assert record["request"]["seed"] != 7
    assert "verification" not in record
    for deed in ("replay", "vary", "speak"):
        assert site.client("carla").post(f"/runs/{first}/{deed}").status_code == 404


def test_others_see_nothing_and_admins_everything(site: Site) -> None:
    carl = site.client("carl")
    image_id = carl.post("/generate", json={"text": "mine", "seed": 99}).json()["image_id"]
    state = _done(carl, image_id)
    media = httpx.URL(state["image_url"]).path
    for who in ("carla", "vera", "guest"):
        other = site.client(who)
        for path in (f"/image/{image_id}", f"/runs/{image_id}", media, media.replace("png", "thumb")):
            assert other.get(path).status_code == 404
        assert other.post(f"/runs/{image_id}/cancel").status_code == 404
    assert site.client("ann").get(f"/runs/{image_id}").status_code == 200
    assert site.client("ann").get(media).status_code == 200
    assert site.client("bad token").get(media).status_code == 401


def test_cancel(site: Site) -> None:
    client = site.client("carla")
    site.program.painter.hold.clear()
    try:
        image_id = client.post("/generate", json={"text": "slow"}).json()["image_id"]
        assert client.get(f"/image/{image_id}").json()["status"] == "processing"
        assert client.post(f"/runs/{image_id}/cancel").status_code == 200
        assert _done(client, image_id)["status"] == "cancelled"
    finally:
        site.program.painter.hold.set()


def test_pictures_are_there_one_by_one_and_stay_after_a_cancel(site: Site) -> None:
    client, painter = site.client("carla"), site.program.painter
    painter.pause_after = 2
    try:
        image_id = client.post("/generate", json={"text": "four foxes", "count": 4, "seed": 7}).json()["image_id"]
        for _ in range(200):
            state = client.get(f"/image/{image_id}").json()
            if len(state["images"]) == 2:
                break
            time.sleep(0.05)
        assert (state["status"], state.get("image_url")) == ("processing", None)
        assert client.get(state["images"][1]["url"]).status_code == 200
        client.post(f"/runs/{image_id}/cancel")
        state = _done(client, image_id)
    finally:
        painter.pause_after = None
    assert (state["status"], state["error"]) == ("cancelled", "Stopped: 2 of 4 pictures kept")
    assert [image["seed"] for image in state["images"]] == [7, 8]
    assert client.get(state["image_url"]).status_code == 200


def test_with_an_inline_lane_somebody_waits_for_the_run(tmp_path: Path) -> None:
    program = SmallHouse(tmp_path, owner=Owner("open"), lane=InlineLane("local"))
    program.studio.start()
    routes = Rest(program.studio, program.library).router().routes
    rules = Rules(identities=program.identities, access=program.access, permissions={}, names={}, own=routes)
    app = FastAPI(routes=routes, middleware=middleware(rules))
    client = TestClient(app, "http://localhost", client=("127.0.0.1", 1))
    accepted = client.post("/generate", json={"text": "a red apple"})
    assert accepted.status_code == 202
    assert _done(client, accepted.json()["image_id"])["status"] == "done"


def test_words_the_model_does_not_know_are_told_at_once_and_with_the_picture(tmp_path: Path) -> None:
    program = SmallHouse(tmp_path, owner=Owner("open"), lane=InlineLane("local"), vocabulary=SMALL)
    program.studio.start()
    routes = Rest(program.studio, program.library).router().routes
    rules = Rules(identities=program.identities, access=program.access, permissions={}, names={}, own=routes)
    client = TestClient(
        FastAPI(routes=routes, middleware=middleware(rules)), "http://localhost", client=("127.0.0.1", 1)
    )
    accepted = client.post("/generate", json={"text": "a violin and a dog"}).json()
    assert accepted["unknown_words"] == ["violin"]
    assert _done(client, accepted["image_id"])["unknown_words"] == ["violin"]
    record = client.get(f"/runs/{accepted['image_id']}").json()
    assert record["facts"]["unknown_words"] == ["violin"]
    known = client.post("/generate", json={"text": "a dog"}).json()
    assert known["unknown_words"] == _done(client, known["image_id"])["unknown_words"] == []


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "invalid_request", "text"),
        ({"text": "x", "colour": "red"}, 422, "invalid_request", "colour"),
        ({"text": 7}, 422, "invalid_request", "text"),
        ({"text": "x", "steps": "many"}, 422, "invalid_request", "steps"),
        ({"text": ""}, 400, "invalid_request", "text"),
        ({"text": "x" * 2001}, 400, "invalid_request", "text"),
        ({"text": "a\u0000b"}, 400, "invalid_request", "text"),
        ({"text": "x", "negative_text": "x" * 2001}, 400, "invalid_request", "negative_text"),
        ({"text": "x", "negative_text": 7}, 422, "invalid_request", "negative_text"),
        ({"text": None}, 422, "invalid_request", "text"),
        ({"text": "x", "seed": 7.5}, 422, "invalid_request", "seed"),
        ({"text": "x", "seed": -2.0}, 400, "invalid_request", "seed"),
        ({"text": "x", "resolution": 7}, 422, "invalid_request", "resolution"),
        ({"text": "x", "steps": 151}, 400, "invalid_request", "steps"),
        ({"text": "x", "handover": 1.0}, 400, "invalid_request", "handover"),
        ({"text": "x", "resolution": "640x480"}, 400, "invalid_request", "resolution"),
        ({"text": "x", "model": "nobody"}, 400, "unknown_model", "model"),
        ({"text": "how to build a pipe bomb"}, 422, "blocked", None),
    ],
)
def test_refusals_say_what_is_wrong(site: Site, body: dict[str, Any], status: int, code: str, field: str) -> None:
    reply = site.client("ann").post("/generate", json=body)
    assert (reply.status_code, reply.json()["code"], reply.json().get("field")) == (status, code, field)
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', '{"text": "\\ud800"}'])
def test_broken_bodies(site: Site, content: str) -> None:
    reply = site.client("ann").post("/generate", content=content, headers={"content-type": "application/json"})
    assert reply.status_code in {400, 422}
    assert reply.json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"text":"a",}', "no JSON at line 1, column 13: "),
        ('{"text":"a" "b"}', "no JSON at line 1, column 13: "),
        ('{"text":\n"a"}x', "no JSON at line 2, column 5: "),
        ("{text: 1}", "no JSON at line 1, column 2: "),
        ("[7]", "The body is [7]; allowed: a JSON object"),
        ("null", "The body is null; allowed: a JSON object"),
        ('"text"', 'The body is "text"; allowed: a JSON object'),
        ("", "The body is empty; allowed: a JSON object"),
    ],
)
def test_a_body_that_is_no_object_is_told_so_and_no_field_is_blamed(site: Site, content: str, says: str) -> None:
    reply = site.client("ann").post("/generate", content=content, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert says in reply.json()["error"]
    assert "field" not in reply.json()


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_has_to_be_declared_as_json(site: Site, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    reply = site.client("ann").post("/generate", content=b'{"text": "a"}', headers=headers)
    assert reply.status_code == 415
    said = f"is {kind.partition(';')[0]!r}" if kind else "is missing"
    assert reply.json()["error"] == f"The content type {said}; allowed: application/json."


def test_a_wrong_value_is_answered_with_what_is_allowed(site: Site) -> None:
    def said(body: dict[str, Any]) -> str:
        return str(site.client("ann").post("/generate", json=body).json()["error"])

    assert said({"text": "a", "seed": "7"}) == (
        'seed is "7"; allowed: a whole number. 0 to 4294967295, or -1 for a random one.'
    )
    assert said({}) == "text is missing; allowed: What to see, 1 to 2000 characters."
    assert "allowed: text, negative_text, style, resolution, count, seed" in said({"text": "a", "colour": "red"})
    assert "Input should" not in said({"text": ["a"]}) + said({"text": "a", "guidance": "much"})


@pytest.mark.parametrize("seed", ["7", "7.0", "7e0", "70E-1"])
def test_a_whole_number_may_be_written_in_any_way_json_has(site: Site, seed: str) -> None:
    client = site.client("ann")
    headers = {"content-type": "application/json"}
    reply = client.post("/generate", content=f'{{"text": "a", "seed": {seed}}}', headers=headers)
    assert reply.status_code == 202
    assert client.get(f"/runs/{reply.json()['image_id']}").json()["request"]["seed"] == 7


@pytest.mark.parametrize("resolution", ["24x32", "24X32", "24 × 32", " 24*32", "portrait", "Portrait"])
def test_a_resolution_is_a_size_of_the_model_or_its_shape(site: Site, resolution: str) -> None:
    client = site.client("ann")
    reply = client.post("/generate", json={"text": "a", "resolution": resolution})
    assert reply.status_code == 202
    assert client.get(f"/runs/{reply.json()['image_id']}").json()["request"]["aspect_ratio"] == "portrait"


def test_a_refused_resolution_lists_what_the_model_has(site: Site) -> None:
    for wanted in ("640x480", "24x", "x", "", "8x24x32", "round"):
        said = site.client("ann").post("/generate", json={"text": "a", "resolution": wanted}).json()
        assert said["field"] == "resolution"
        assert "24x32 (portrait)" in said["error"]


def test_a_saved_picture_has_a_name_for_people(site: Site) -> None:
    carl = site.client("carl")
    body = {"text": 'a "red"\n../apple; filename=evil.exe', "seed": 7}
    state = _done(carl, carl.post("/generate", json=body).json()["image_id"])
    said = carl.get(state["image_url"]).headers["content-disposition"]
    day = state["generated_at"][:10]
    assert said.startswith("inline; filename")
    assert f"{day} a red apple filename evil exe 7.png" in unquote(said)
    chinese = _done(carl, carl.post("/generate", json={"text": "红苹果", "seed": 8}).json()["image_id"])
    said = carl.get(chinese["image_url"]).headers["content-disposition"]
    assert unquote(said) == f"inline; filename*=utf-8''{day} 红苹果 8.png"


def test_roles_and_limits(site: Site) -> None:
    for who in ("guest", "vera"):
        reply = site.client(who).post("/generate", json={"text": "x"})
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")
        with_size = site.client(who).post("/generate", json={"text": "x", "resolution": "1x1"})
        assert with_size.status_code == 403
    client = site.client("ann")
    statuses = [client.post("/generate", json={"text": "x"}).status_code for _ in range(DAILY + 1)]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "path",
    ["/media/x.png", f"/media/{'0' * 64}.png", f"/media/{'0' * 64}.exe", "/media/..%2f..%2fetc", "/image/x", "/runs/x"],
)
def test_what_is_not_there(site: Site, path: str) -> None:
    assert site.client("ann").get(path).status_code == 404


def test_reference_and_description(site: Site) -> None:
    client = site.client()
    page = client.get("/docs")
    assert "/generate" in page.text
    assert "http://" not in page.text.replace(site.url, "")
    assert "https://" not in page.text
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) >= {"/generate", "/image/{image_id}", "/runs/{run_id}", "/media/{name}"}


def test_a_run_is_deleted_by_who_made_it_and_by_nobody_else(site: Site) -> None:
    client = site.client("token:carl")
    run = client.post("/generate", json={"text": "a red apple", "seed": 7}).json()["image_id"]
    address = _done(client, run)["image_url"]
    for other in ("carla", "vera", "guest"):
        assert site.client(other).delete(f"/runs/{run}").status_code in {403, 404}
    assert client.get(f"/image/{run}").json()["status"] == "done"
    reply = client.delete(f"/image/{run}")
    assert (reply.status_code, reply.json()) == (200, {"deleted": 1})
    for path in (f"/runs/{run}", f"/image/{run}", address):
        assert client.get(path).status_code == 404
    for deed in ("replay", "vary", "speak", "cancel"):
        assert client.post(f"/runs/{run}/{deed}").status_code == 404
    again = client.delete(f"/runs/{run}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_run")
    for odd in (f"/runs/{run}?talk=perhaps", f"/runs/{'x' * 300}", "/runs/%00"):
        reply = client.delete(odd)
        assert reply.status_code in {400, 404, 422}
        assert set(reply.json()) >= {"error", "code"}


def test_an_admin_deletes_what_others_made(site: Site) -> None:
    client = site.client("token:carl")
    run = client.post("/generate", json={"text": "a red apple"}).json()["image_id"]
    _done(client, run)
    assert site.client("token:ann").delete(f"/runs/{run}", params={"talk": True}).json() == {"deleted": 1}


def test_a_run_under_way_is_a_conflict(site: Site) -> None:
    client = site.client("token:carl")
    site.program.painter.hold.clear()
    run = client.post("/generate", json={"text": "a red apple"}).json()["image_id"]
    reply = client.delete(f"/runs/{run}")
    assert (reply.status_code, reply.json()["code"]) == (409, "under_way")
    assert "Stop it first" in reply.json()["error"]
    client.post(f"/runs/{run}/cancel")
    site.program.painter.hold.set()
    _done(client, run)
    assert client.delete(f"/runs/{run}").status_code == 200
