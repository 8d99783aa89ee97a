"""Refusals count: after some the person waits, and what is refused is kept in short."""

import pytest

from core.actions import Actor
from core.address import Address
from core.admission.cool_down import FREE, FREE_AT_ADDRESS, CoolDown
from core.errors import CoolDownError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cool_down(clock):
    return CoolDown(clock)


def person(name, address="here", people=1):
    where = Address(key=address, people=people) if address else None
    return Actor(name=name, role="anonymous", actions=frozenset(), address=where)


def refused(cool_down, *actors):
    for actor in actors:
        cool_down.require(actor)
        cool_down.count(actor)


def test_the_first_refusals_are_free_then_each_doubles_the_wait(cool_down, clock):
    ann = person("ann")
    refused(cool_down, *[ann] * FREE)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        with pytest.raises(CoolDownError, match="Please wait") as told:
            cool_down.require(ann)
        assert told.value.seconds == pytest.approx(seconds, abs=1)
        clock.now += seconds + 1
        refused(cool_down, ann)


def test_the_sentence_says_how_long(cool_down):
    refused(cool_down, *[person("ann")] * FREE)
    with pytest.raises(CoolDownError, match=r"10 of your requests were refused lately\. Please wait 3[01] seconds"):
        cool_down.require(person("ann"))


def test_whoever_stops_is_forgiven(cool_down, clock):
    refused(cool_down, *[person("ann")] * FREE)
    clock.now += 30 + 601
    refused(cool_down, *[person("ann")] * FREE)


def test_a_new_name_for_each_request_does_not_help(cool_down):
    refused(cool_down, *[person(f"guest-{number}") for number in range(FREE_AT_ADDRESS)])
    with pytest.raises(CoolDownError, match="from your network address"):
        cool_down.require(person("guest-new"))
    cool_down.require(person("guest-new", address="elsewhere"))
    # An account answers for itself alone.
    cool_down.require(person("ann"))


def test_a_proxy_that_nobody_named_shuts_nobody_out_early(cool_down):
    refused(cool_down, *[person(f"guest-{number}", people=20) for number in range(10 * FREE_AT_ADDRESS)])
    cool_down.require(person("guest-new", people=20))


def test_one_persons_refusals_are_not_anothers(cool_down):
    refused(cool_down, *[person("ann")] * FREE)
    cool_down.require(person("bob"))


def test_it_stays_small(cool_down):
    for number in range(30_000):
        cool_down.count(person(f"guest-{number}", address=f"address-{number}"))
    assert len(cool_down._counts) <= 20_000
