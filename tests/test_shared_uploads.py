"""Pictures of several people at once, through the real program: nobody takes, breaks or reads what is another's."""

from __future__ import annotations

import base64
import json
import stat
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from safety.pictures.uploads import PictureReader
from tests.safety.files import corners, encoded, gps_jpeg
from tests.served import served, token

API = "/gradio_api"
ADDRESSES = (
    "http://127.0.0.1:9/x.png",
    "https://example.org/x.png",
    "ftp://example.org/x",
    "file:///etc/passwd",
    "/etc/passwd",
    "data:text/html;base64,AAAA",
    "data:image/png;base64,!",
)

# All that /generate takes behind the prompt, in its order.
_PLAIN = ("", "none", "square", 1, 7, 3, None, 0.8, "default", "auto", "none")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with served(tmp_path_factory.mktemp("data")) as built:
        yield built


@pytest.fixture(scope="module")
def people(program):
    """Return a maker of browsers: of a visitor, or of somebody with a role."""
    made = []

    def one(role="anonymous"):
        client = httpx.Client(base_url=program.url, headers=token(program, role), timeout=120)
        client.get("/").raise_for_status()
        made.append(client)
        return client

    yield one
    for client in made:
        client.close()


def upload(client, data, name="holiday.jpg"):
    reply = client.post(f"{API}/upload", files={"files": (name, data, "image/jpeg")})
    reply.raise_for_status()
    return reply.json()[0]


def file(path):
    return {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "holiday.jpg"}


def call(client, name, *data):
    """Return (what came back, None) or (None, why not)."""
    session = uuid.uuid4().hex
    joined = client.post(f"{API}/call/{name}", json={"data": list(data), "session_hash": session})
    if joined.status_code != 200:
        return None, joined.json()["error"]
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as reply:
        for line in reply.iter_lines():
            message = json.loads(line[5:]) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                output = message["output"]
                return (output["data"], None) if message["success"] else (None, output.get("error"))
    return None, "no end"


def described(client, path):
    return call(client, "describe", file(path), "short", "auto")


def all_well(answers):
    assert [why for _, why in answers if why] == []


def test_equal_pictures_at_once_of_one_and_of_several_people(people):
    clients = [people() for _ in range(3)]
    data = gps_jpeg()

    def ask(client):
        return described(client, upload(client, data))

    with ThreadPoolExecutor(6) as threads:
        all_well(list(threads.map(ask, [*clients, *clients])))


def test_one_upload_is_asked_about_at_once_and_again(people):
    guest = people()
    path = upload(guest, gps_jpeg(orientation=6))
    with ThreadPoolExecutor(2) as threads:
        all_well(list(threads.map(lambda _: described(guest, path), range(2))))
    all_well([described(guest, path)])


def test_where_it_was_taken_is_gone_from_the_upload_after_the_first_look(people):
    guest = people()
    data = gps_jpeg()
    path = upload(guest, data)
    assert guest.get(f"{API}/file={path}").content == data
    all_well([described(guest, path)])
    assert guest.get(f"{API}/file={path}").content == PictureReader().read(data).png


def test_what_is_no_picture_is_gone_and_takes_nothing_along(people):
    first, second = people(), people()
    bad = b"no picture, but a text with a secret"
    mine, theirs = upload(first, bad), upload(second, bad)
    _, why = described(first, mine)
    assert "allowed" in why
    assert first.get(f"{API}/file={mine}").status_code >= 400
    assert second.get(f"{API}/file={theirs}").content == bad


def examples(client):
    """Return the paths of the example pictures that the page names."""
    found = []

    def look(value):
        if isinstance(value, dict):
            if isinstance(value.get("path"), str) and "/examples/" in value["path"]:
                found.append(value["path"])
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(client.get("/config").json())
    return sorted(set(found))


def test_the_examples_survive_whatever_a_visitor_does_with_them(people):
    guest, other = people(), people()
    paths = examples(guest)
    assert len(paths) > 1
    before = Path(paths[0]).read_bytes()
    all_well([described(guest, paths[0]), described(guest, paths[0])])
    # The same file as an upload of one's own, under the same name.
    all_well([described(guest, upload(guest, before, Path(paths[0]).name))])
    call(guest, "moderate", "", file(paths[0]))
    assert examples(other) == paths
    assert other.get(f"{API}/file={paths[0]}").content == before


def test_a_result_is_asked_about_by_its_path_and_stays_as_it_is(people):
    maker, other = people("creator"), people("creator")
    made, why = call(maker, "generate", "a red apple", *_PLAIN)
    assert why is None
    path = made[0][0]["path"]
    before = maker.get(f"{API}/file={path}").content
    all_well([described(maker, path), described(maker, path)])
    assert maker.get(f"{API}/file={path}").content == before
    assert b"a red apple" in before
    assert described(other, path) == (None, "This request names a file that you did not upload or receive.")
    assert other.get(f"{API}/file={path}").status_code == 404


def test_nobody_uses_or_deletes_the_upload_of_another(people):
    first, second = people(), people("admin")
    path = upload(first, encoded(corners()))
    for spelling in (path, path.replace("/upload-", "/./upload-"), f"{path}/", path.upper()):
        _, why = described(second, spelling)
        assert "did not upload" in why
    _, why = call(second, "ask", file(path), "What?", [{"question": "x", "answer": "y", "more": [file(path)]}])
    assert "did not upload" in why
    all_well([described(first, path)])


def test_files_on_their_way_lie_in_a_private_folder_of_the_data(program, people):
    path = Path(upload(people(), encoded(corners())))
    folder = program.settings.data / "temporary"
    assert path.parent.parent == folder.resolve()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_full_temporary_folder_stops_no_delivery(program, people):
    # Results are handed out from where they are kept: no copy is made, so none can fail.
    maker = people("creator")
    folder = program.settings.data / "temporary"
    before = {path for path in folder.rglob("*") if path.is_file()}
    made, why = call(maker, "generate", "a blue fish", *_PLAIN)
    assert why is None
    assert maker.get(f"{API}/file={made[0][0]['path']}").content.startswith(b"\x89PNG")
    assert {path for path in folder.rglob("*") if path.is_file()} == before


def test_a_visitor_sends_no_more_than_the_role_allows(program, people):
    guest = people()
    most = program.access.actor("guest-x").limits["uploads_per_day"]
    replies = [guest.post(f"{API}/upload", files={"files": ("a.png", b"x")}) for _ in range(most + 1)]
    assert [reply.status_code for reply in replies] == [200] * most + [429]
    assert replies[-1].json()["code"] == "limit_reached"
    assert people().post(f"{API}/upload", files={"files": ("a.png", b"x")}).status_code == 200


def test_a_tool_gets_its_picture_as_data_and_fetches_nothing(tmp_path):
    code = base64.b64encode(gps_jpeg()).decode()
    with served(tmp_path, mcp=True) as program:
        assert "True" in tool(program, "describe", image=f"data:image/jpeg;base64,{code}")[1]
        temporary = [path for path in (tmp_path / "temporary").rglob("*") if path.is_file()]
        assert not any(b"Secret" in path.read_bytes() for path in temporary)
        for address in (*ADDRESSES, str(temporary[0])):
            _, failed = tool(program, "describe", image=address)
            assert "False" in failed
            assert "allowed" in failed
        status, _ = tool(program, "ask", question="What?", image=None, history=[file("https://example.org/x.png")])
        assert status == 400


def tool(program, name, **arguments):
    """Return the status, and whether it went well with what was said."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = token(program, "creator") | {"accept": "application/json, text/event-stream"}
    reply = httpx.post(f"{program.url}{API}/mcp/", json=body, headers=headers, timeout=120)
    lines = [json.loads(line[5:]) for line in reply.text.splitlines() if line.startswith("data:")]
    result = lines[-1].get("result", {}) if lines else {}
    return reply.status_code, f"{not result.get('isError', True)} {json.dumps(result)}"
