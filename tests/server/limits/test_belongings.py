"""Sessions, streams, uploads and results of one person are out of reach for everybody else."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from gradio import route_utils

from core.actions import Actor
from core.errors import LimitReachedError, StorageFullError
from server.limits.belongings import Belongings
from server.limits.deliveries import Deliveries
from server.limits.shown_files import FileWatcher, named_files, plainly_local
from tests.server.conftest import Site
from tests.server.program import png

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


def test_uploads_belong_to_whoever_brought_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page replaces this class in the whole process; here Gradio names uploads itself, by their content.
    kinds = route_utils.GradioUploadFile.__mro__
    own = next(kind for kind in kinds if kind.__module__ == route_utils.__name__)
    monkeypatch.setattr(route_utils, "GradioUploadFile", own)
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


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "http://127.0.0.1/", "https://example.org/x.png", "server/gate/gate.py"]
)
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
    assert list(named_files({"a": [{"path": "/x"}]})) == [{"path": "/x"}]


def test_memory_is_bounded() -> None:
    belongings = Belongings()
    for number in range(60_000):
        belongings.claim("session", str(number), "ann")
        belongings.show("ann", [str(number)])
    assert belongings.owns("session", "59999", "ann")
    assert not belongings.owns("session", "0", "ann")
    assert belongings.was_shown("ann", "59999")
    assert not belongings.was_shown("ann", "0")


def test_a_flood_of_visitors_takes_nothing_over() -> None:
    belongings = Belongings()
    assert belongings.claim("session", "victim's", "guest-victim")
    belongings.show("guest-victim", ["/upload/holiday.png"])
    for number in range(120_000):
        assert belongings.claim("session", f"s{number}", f"guest-{number}")
        belongings.show(f"guest-{number}", ["/upload/x.png"])
    # It was pushed out, and still nobody gets it.
    assert not belongings.claim("session", "victim's", "guest-mallory")
    assert belongings.claim("event", "victim's", "guest-mallory")
    assert belongings.was_shown("guest-victim", "/upload/holiday.png")
    assert not belongings.was_shown("guest-mallory", "/upload/holiday.png")


def test_whoever_claims_much_pushes_out_only_their_own() -> None:
    belongings = Belongings()
    assert belongings.claim("session", "mine", "ann")
    belongings.show("ann", ["/mine"])
    for number in range(60_000):
        belongings.claim("session", f"n{number}", "mallory")
        belongings.show("mallory", [f"/n{number}"])
    assert belongings.owns("session", "mine", "ann")
    assert belongings.was_shown("ann", "/mine")


ADDRESSES = [
    "http://127.0.0.1:9/x.png",
    "https://example.org/x.png",
    "HTTPS://example.org/x.png",
    " https://example.org/x.png",
    "ftp://example.org/x.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "//example.org/x.png",
    "gopher://example.org",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_never_fetched(site: Site, address: str) -> None:
    guest = _visitor(site)
    mine = _upload(guest, 5)
    for named in (
        _file(address),
        _file(mine) | {"url": address},
        {"url": address},
        {"url": address, "meta": {"_type": "gradio.FileData"}},
        {"path": None, "url": address},
    ):
        for inside in (named, [named], {"deep": [{"er": named}]}):
            body = {"data": [inside], "session_hash": uuid.uuid4().hex}
            replies = [
                guest.post(f"{API}/call/look", json=body),
                guest.post(f"{API}/run/look", json=body),
                guest.post(f"{API}/queue/join", json=body | {"fn_index": site.names["look"]}),
                guest.post(f"{API}/call/v2/look", json={"picture": inside}),
            ]
            assert [reply.status_code in {400, 403} for reply in replies] == [True] * 4


def test_the_address_under_which_the_page_shows_a_file_is_no_address() -> None:
    path = "/data/temporary/upload-1/a%20b é.png"
    for head in ("", "http://127.0.0.1:7860", "https://studio.example/under/here"):
        assert plainly_local({"path": path, "url": f"{head}/gradio_api/file={quote(path)}"})
    assert plainly_local({"path": path})
    for url in (f"https://example.org/x?{path}", f"https://example.org/gradio_api/file={path}/x", "x", 7, [path]):
        assert not plainly_local({"path": path, "url": url})


def test_uploads_are_counted_by_visitor_and_by_address() -> None:
    day = ["2026-01-01"]
    deliveries = Deliveries(lambda: day[0])

    def guest(number: int) -> Actor:
        return Actor(name=f"guest-{number}", role="anonymous", actions=frozenset(), limits={"uploads_per_day": 3})

    for _ in range(3):
        deliveries.admit(guest(0), "192.0.2.1")
    with pytest.raises(LimitReachedError, match="at most 3 files a day"):
        deliveries.admit(guest(0), "192.0.2.1")
    # Without the cookie each request is another visitor.
    for number in range(1, 28):
        deliveries.admit(guest(number), "192.0.2.1")
    with pytest.raises(LimitReachedError, match="one network address may send at most 30"):
        deliveries.admit(guest(99), "192.0.2.1")
    deliveries.admit(guest(100), "192.0.2.2")
    deliveries.add(guest(100), "192.0.2.2", 2)
    with pytest.raises(LimitReachedError):
        deliveries.admit(guest(100), "192.0.2.2")
    # An account is not held to what visitors of its address did, and nobody to what was yesterday.
    ann = Actor(name="ann", role="creator", actions=frozenset(), limits={"uploads_per_day": 3})
    deliveries.admit(ann, "192.0.2.1")
    day[0] = "2026-01-02"
    deliveries.admit(guest(0), "192.0.2.1")


def test_no_room_means_no_upload(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = _visitor(site)
    _upload(guest, 6)

    def full() -> None:
        raise StorageFullError("Only 1 MiB are free.")

    monkeypatch.setattr(site.room, "require", full)
    reply = guest.post(f"{API}/upload", files={"files": ("mine.png", png(9, 7), "image/png")})
    assert (reply.status_code, reply.json()["code"]) == (507, "storage_full")
