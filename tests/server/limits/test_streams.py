"""Long requests are bounded per person, per address and in all, and a flood fills no log."""

from __future__ import annotations

from contextlib import ExitStack

from server.limits.streams import Streams
from server.refusals import Refused


def held(stack: ExitStack, streams: Streams, owner: str, address: str = "10.0.0.1") -> bool:
    try:
        stack.enter_context(streams.open(owner, address))
    except Refused as refused:
        return refused.status != 503
    return True


def test_one_visitor_has_a_share():
    with ExitStack() as stack:
        streams = Streams(1000)
        assert sum(held(stack, streams, "guest-a") for _ in range(100)) == 40
        assert held(stack, streams, "guest-b")


def test_visitors_of_one_address_leave_room_for_others_and_accounts_for_all():
    with ExitStack() as stack:
        streams = Streams(40)
        assert sum(held(stack, streams, f"guest-{n}") for n in range(100)) == 20
        assert sum(held(stack, streams, f"guest-x{n}", "10.0.0.2") for n in range(100)) == 10
        assert sum(held(stack, streams, f"person{n}") for n in range(100)) == 10


def test_what_ends_makes_room():
    streams = Streams(40)
    for _ in range(3):
        with ExitStack() as stack:
            assert sum(held(stack, streams, f"guest-{n}") for n in range(100)) == 20


def test_a_flood_is_told_once(caplog):
    with ExitStack() as stack:
        streams = Streams(4)
        assert sum(held(stack, streams, f"guest-{n}") for n in range(500)) == 2
    assert len(caplog.records) == 1
