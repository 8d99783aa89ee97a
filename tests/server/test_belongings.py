"""Sessions, streams, uploads and results of one person are out of reach for everybody else."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest

from server.belongings import Belongings
from server.shown_files import FileWatcher, named_files
from tests.server.conftest import Site
from tests.server.house import png

API = "/gradio_api"


def _events(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as reply:
        reply.raise_for_status()
        return [json.loads(line[5:]) for line in reply.iter_lines() if line.startswith("data:")]


def _visitor(site: Site) -> httpx.Client:
    client = site.client()
    client.get("/")
    return client


def _upload(client: httpx.Client, shade: int) -> str:
    reply = client.post(f"{API}/upload", files={"files": ("mine.png", png(9, shade), "image/png")})
    assert reply.status_code == 200
    return str(reply.json()[0])


def _file(path: str) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def test_results_belong_to_whoever_made_them(site: Site) -> None:
    carl, carla, ann, guest = site.client("carl"), site.client("carla"), site.client("ann"), _visitor(site)
    session = uuid.uuid4().hex
    body = {"data": ["x"], "session_hash": session, "fn_index": site.names["make"]}
    event = carl.post(f"{API}/queue/join", json=body).json()["event_id"]
    for other in (carla, ann, guest):
        assert other.get(f"{API}/queue/data", params={"session_hash": session}).status_code == 403
        assert other.get(f"{API}/heartbeat/{session}").status_code == 403
        assert other.get(f"{API}/stream/{session}/0/1/playlist.m3u8").status_code == 403
        # The session under the name of an event: Gradio alone would stream it.
        assert other.get(f"{API}/call/make/{session}").status_code == 403
        assert other.get(f"{API}/call/make/{event}").status_code == 403
        assert other.post(f"{API}/queue/join", json=body).status_code == 403
        assert other.post(f"{API}/stream/{event}/close").status_code == 403
        cancel = {"session_hash": session, "fn_index": 0, "event_id": event}
        assert other.post(f"{API}/cancel", json=cancel).status_code == 403
        assert other.post(f"{API}/cancel", json=cancel | {"session_hash": "mine"}).status_code == 403
        assert other.post(f"{API}/reset", json={"event_id": event}).status_code == 403
    done = next(message for message in _events(carl, session) if message["msg"] == "process_completed")
    made = done["output"]["data"][0]
    assert carl.get(f"{API}/file={made['path']}").content.endswith(b"carl")
    assert httpx.URL(made["url"]).path.endswith(made["path"])
    for other in (carla, ann, guest):
        assert other.get(f"{API}/file={made['path']}").status_code == 404
        assert other.get(f"{API}/file/{made['path']}").status_code == 404


def test_uploads_belong_to_whoever_brought_them(site: Site) -> None:
    first, second = _visitor(site), _visitor(site)
    path = _upload(first, 1)
    assert first.get(f"{API}/file={path}").status_code == 200
    for other in (second, site.client("ann"), site.client()):
        for spelling in (path, path.replace("/", "%2F"), f"{path}?x=1", path.replace("/mine", "/./mine")):
            assert other.get(f"{API}/file={spelling}").status_code == 404
    # Equal pictures lie under one path; whoever brought one as well may see it.
    assert _upload(second, 1) == path
    assert second.get(f"{API}/file={path}").status_code == 200


def test_a_foreign_file_is_no_input_either(site: Site) -> None:
    first, second = _visitor(site), _visitor(site)
    path = _upload(first, 2)
    look = {"data": [_file(path)], "session_hash": uuid.uuid4().hex}
    assert second.post(f"{API}/call/look", json=look).status_code == 403
    assert second.post(f"{API}/call/look", json={"data": [{"x": [_file(path)]}]}).status_code == 403
    session = str(look["session_hash"])
    assert first.post(f"{API}/call/look", json=look).status_code == 200
    done = next(message for message in _events(first, session) if message["msg"] == "process_completed")
    assert done["success"]
    assert int(done["output"]["data"][0]) > 0


def test_an_echo_gives_no_file_away(site: Site) -> None:
    first, second = _visitor(site), _visitor(site)
    path = _upload(first, 3)
    forged = json.dumps(_file(path))
    for text in (forged, f'"path": "{path}"', path, f"{API}/file={path}"):
        reply = second.post(f"{API}/run/reply", json={"data": [text], "session_hash": uuid.uuid4().hex})
        assert reply.json()["data"] == [text]
        assert second.get(f"{API}/file={path}").status_code == 404


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1/", "https://example.org/x.png", "server/gate.py"])
def test_files_nobody_was_shown_are_not_served(site: Site, path: str) -> None:
    assert site.client("ann").get(f"{API}/file={path}").status_code == 404


def test_two_session_names_are_refused(site: Site) -> None:
    carl, vera = site.client("carl"), site.client("vera")
    mine, theirs = uuid.uuid4().hex, uuid.uuid4().hex
    for client, session in ((carl, theirs), (vera, mine)):
        body = {"data": ["x"], "session_hash": session}
        assert client.post(f"{API}/run/reply", json=body).status_code == 200
    for names in (("a", theirs), (mine, theirs), (theirs, mine)):
        pairs = [("session_hash", name) for name in names]
        assert vera.get(f"{API}/queue/data", params=pairs).status_code == 400


def test_watcher_reads_streams_in_pieces_and_differences() -> None:
    watcher = FileWatcher("text/event-stream; charset=utf-8")
    line = b"data: " + json.dumps({"output": {"data": [_file("/cache/a.png")]}}).encode() + b"\n\n"
    assert watcher.feed(line[:20], last=False) == set()
    assert watcher.feed(line[20:], last=False) == {"/cache/a.png"}
    change = {"data": [[["replace", [0, "image", "path"], "/cache/b.png"]]]}
    assert watcher.feed(f"data: {json.dumps(change)}\n\n".encode(), last=True) == {"/cache/b.png"}
    assert FileWatcher("image/png").feed(b'{"path": "/x"}', last=True) == set()
    assert FileWatcher("application/json", upload=True).feed(b'["/cache/c.png"]', last=True) == {"/cache/c.png"}
    assert list(named_files({"a": [{"path": "/x"}]})) == ["/x"]


def test_memory_is_bounded() -> None:
    belongings = Belongings()
    for number in range(60_000):
        belongings.claim("session", str(number), "ann")
        belongings.show("ann", [str(number)])
    assert belongings.owns("session", "59999", "ann")
    assert not belongings.owns("session", "0", "ann")
    assert belongings.was_shown("ann", "59999")
    assert not belongings.was_shown("ann", "0")
