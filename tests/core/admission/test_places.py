"""Who may still join the queue, and who may wait for a run."""

import threading

import pytest

from core.actions import Action, Actor
from core.address import Address
from core.admission.places import Shares, for_address, for_visitors, require
from core.admission.waits import Waits
from core.errors import LimitReachedError, QueueFullError


def visitor(name="guest-1", *, address="here", people=1, daily=60):
    where = Address(key=address, people=people) if address else None
    actions = frozenset({Action.GENERATE})
    return Actor(name=name, role="anonymous", actions=actions, limits={"runs_per_day": daily}, address=where)


ACCOUNT = Actor(name="ann", role="creator", actions=frozenset({Action.GENERATE}), address=Address(key="here"))


@pytest.mark.parametrize(("most", "visitors", "address"), [(1, 1, 1), (2, 1, 1), (4, 3, 1), (200, 150, 37)])
def test_places_are_kept_for_accounts_whatever_the_size_of_the_queue(most, visitors, address):
    assert (for_visitors(most), for_address(most)) == (visitors, address)
    assert for_address(most, 1_000) == visitors


def test_visitors_fill_their_places_and_accounts_still_come_in():
    full = Shares(waiting=150, visitors=150)
    require(ACCOUNT, full, 200)
    with pytest.raises(QueueFullError, match="kept for accounts"):
        require(visitor(address="elsewhere"), full, 200)
    with pytest.raises(QueueFullError, match="200 runs are waiting"):
        require(ACCOUNT, Shares(waiting=200), 200)


def test_one_address_takes_a_share_and_others_still_come_in():
    taken = Shares(waiting=37, visitors=37, party_waiting=37)
    with pytest.raises(QueueFullError, match="37 runs from your network address"):
        require(visitor("guest-new"), taken, 200)
    require(visitor(address="elsewhere"), Shares(waiting=37, visitors=37), 200)
    require(visitor(address=None), Shares(waiting=37, visitors=37, party_waiting=37), 200)
    require(ACCOUNT, taken, 200)
    # Behind a proxy that nobody named stand many.
    require(visitor(people=20), taken, 200)


def test_an_address_has_the_runs_of_one_visitor_a_day_however_many_cookies_it_throws_away():
    require(visitor(), Shares(waiting=0, party_today=59), 200)
    with pytest.raises(LimitReachedError, match=r"60 runs today.*runs_per_day"):
        require(visitor("guest-new"), Shares(waiting=0, party_today=60), 200)
    require(visitor(people=20), Shares(waiting=0, party_today=60), 200)
    with pytest.raises(LimitReachedError):
        require(visitor(people=20), Shares(waiting=0, party_today=1_200), 200)
    require(ACCOUNT, Shares(waiting=0, party_today=10_000), 200)


def test_an_accounts_party_is_its_name_and_a_visitors_its_address():
    assert ACCOUNT.party == "ann"
    assert visitor("guest-1").party == visitor("guest-2").party == "@here"
    assert visitor("guest-1", address=None).party == "guest-1"


@pytest.mark.parametrize("names", [["guest-one"] * 300, [f"guest-{n}" for n in range(300)]])
def test_visitors_never_hold_the_last_threads(names):
    waits, held, refused = Waits(200), [], 0
    for number, name in enumerate(names):
        wait = waits.take(visitor(name, address=f"address-{number % 40}"))
        try:
            wait.__enter__()
            held.append(wait)
        except QueueFullError:
            refused += 1
    assert len(held) <= 150
    assert refused == 300 - len(held)
    with waits.take(ACCOUNT):
        pass
    for wait in held:
        wait.__exit__(None, None, None)
    assert not waits._taken


def test_one_address_leaves_threads_to_other_visitors():
    waits, held = Waits(200), []
    for number in range(50):
        held.append(waits.take(visitor(f"guest-{number}")))
        held[-1].__enter__()
    with pytest.raises(QueueFullError), waits.take(visitor("guest-new")):
        pass
    with waits.take(visitor("guest-other", address="elsewhere")):
        pass


def test_places_come_back_when_many_take_them_at_once():
    waits = Waits(200)
    taken = []

    def sit(number):
        try:
            with waits.take(visitor(f"guest-{number}", address=f"address-{number % 3}")):
                taken.append(number)
        except QueueFullError:
            pass

    threads = [threading.Thread(target=sit, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken
    assert not waits._taken
