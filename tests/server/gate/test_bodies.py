"""Bodies are bounded in bytes, in time and in parts."""

from __future__ import annotations

import anyio
import pytest

from server.gate import bodies
from server.refusals import Refused


def body(*pieces: bytes, forever: bool = False):
    """A ``receive`` that gives these pieces; then the body ends, or nothing more comes."""
    left = list(pieces)

    async def receive():
        if not left:
            await anyio.sleep_forever()
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or forever}

    return receive


def read(receive):
    async def run():
        return (await bodies.whole(receive))[0]

    return anyio.run(run)


def status(receive) -> int:
    with pytest.raises(Refused) as refused:
        read(receive)
    return refused.value.status


def test_a_body_within_its_bounds_passes_unchanged():
    assert read(bodies.bounded(body(b"ab", b"", b"c"), 3)) == b"abc"


def test_a_body_without_a_told_length_is_counted():
    assert status(bodies.bounded(body(b"ab", b"cd"), 3)) == 413


def test_a_body_that_stops_is_given_up(monkeypatch):
    monkeypatch.setattr(bodies, "GRACE", 0.05)
    assert status(bodies.bounded(body(b"ab", forever=True), 100)) == 408


def test_a_body_that_trickles_is_given_up():
    now = [0.0]

    def slow():
        now[0] += 0.5
        return now[0]

    assert status(bodies.bounded(body(*[b"x"] * 100), 1000, slow)) == 408


def test_a_large_body_may_take_its_time():
    now = [0.0]

    def slow():
        now[0] += 0.5
        return now[0]

    piece = b"x" * 8 * 2**10
    assert len(read(bodies.bounded(body(*[piece] * 100), 2**20, slow))) == 100 * len(piece)


def test_after_the_body_waiting_costs_nothing(monkeypatch):
    monkeypatch.setattr(bodies, "GRACE", 0.01)
    receive = bodies.bounded(body(b"x"), 10)

    async def run():
        await receive()
        with anyio.move_on_after(0.05) as limit:
            await receive()
        assert limit.cancelled_caught

    anyio.run(run)


PART = b'--mark\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nx\r\n'


@pytest.mark.parametrize("size", [1, 7, 50, 100_000])
def test_parts_are_counted_wherever_a_piece_ends(size):
    few, many = PART * 20 + b"--mark--\r\n", PART * 22 + b"--mark--\r\n"

    def pieces(whole):
        return body(*[whole[i : i + size] for i in range(0, len(whole), size)])

    assert read(bodies.few_parts(pieces(few), "multipart/form-data; boundary=mark")) == few
    assert status(bodies.few_parts(pieces(many), 'multipart/form-data; x=y; boundary="mark"')) == 413


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary="])
def test_files_come_as_a_form(kind):
    with pytest.raises(Refused) as refused:
        bodies.few_parts(body(b""), kind)
    assert refused.value.status == 415


@pytest.mark.parametrize(
    ("kind", "json"),
    [("application/json", True), ("Application/JSON; charset=utf-8", True), ("application/merge-patch+json", True),
     ("", False), ("text/plain", False), ("text/json-like", False)],
)  # fmt: skip
def test_which_content_types_are_json(kind, json):
    assert bodies.is_json(kind) is json
