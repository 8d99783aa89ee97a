"""Uploads as no browser sends them: each gets a sentence, and none leaves a traceback in the log."""

from __future__ import annotations

import logging
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.server.conftest import Site
from tests.server.program import png

BOUNDARY = "one-part-and-the-next"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
PICTURE = png(16, 3)


def form(disposition: str, data: bytes = PICTURE, *, end: bool = True) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()
    return head + data + (f"\r\n--{BOUNDARY}--\r\n".encode() if end else b"")


ODD = {
    "nothing": b"",
    "an end alone": f"--{BOUNDARY}--\r\n".encode(),
    "cut in the head": form('name="files"; filename="a.png"')[:50],
    "cut in the file": form('name="files"; filename="a.png"', end=False)[:120],
    "no end": form('name="files"; filename="a.png"', end=False),
    "no file name": form('name="files"', b"words"),
    "a file name in another form": form("name=\"files\"; filename*=UTF-8''a%0Ab.png"),
    "half of a sign in the name": form("name=\"files\"; filename*=UTF-8''a%ED%A0%80b.png"),
    "an unknown character set": form("name=\"files\"; filename*=nonsense''a.png"),
    "no name": form('filename="a.png"'),
    "the folder above": form('name="files"; filename=".."'),
    "no form": b"\x00\xff junk " * 20,
    "a head without end": form(f'name="files"; filename="{"a" * 20_000}.png"'),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_upload_gets_a_sentence(site: Site, caplog: pytest.LogCaptureFixture, name: str) -> None:
    with caplog.at_level(logging.INFO):
        answer = site.client("carl").post("/gradio_api/upload", content=ODD[name], headers=FORM)
    assert 400 <= answer.status_code < 500
    assert len(answer.text) > 20
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "name", ["a.png", ".", "/", "../../etc/passwd", "..\\..\\x.png", "a" * 300 + ".png", "a\nb.png", "中" * 90, "a\0b"]
)
def test_whatever_a_file_is_called_it_lies_where_uploads_lie(site: Site, name: str) -> None:
    body = form('name="files"; filename="NAME"').replace(b"NAME", name.encode())
    answer = site.client("carl").post("/gradio_api/upload", content=body, headers=FORM)
    assert answer.status_code == 200
    (path,) = answer.json()
    assert "etc" not in path
    assert ".." not in path.split("/")
    assert "\n" not in path


@pytest.mark.parametrize("sent", [0, 150])
def test_a_sender_who_hangs_up_leaves_no_traceback(site: Site, caplog: pytest.LogCaptureFixture, sent: int) -> None:
    address = urlsplit(site.url)
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {FORM['Content-Type']}\r\n"
    body = form('name="files"; filename="a.png"', PICTURE * 100)
    with caplog.at_level(logging.INFO):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:sent])
            time.sleep(0.3)
        until = time.monotonic() + 20
        while time.monotonic() < until and "broken off by its sender" not in caplog.text:
            time.sleep(0.05)
    assert "'/gradio_api/upload' was broken off by its sender" in caplog.text
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
