from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import ConflictError, InvalidRequestError
from core.people import Person
from store.database import Database
from store.people import People

NOW = datetime.now(UTC)
SOON, LATER = ((NOW + timedelta(hours=hours)).isoformat() for hours in (1, 2))


@pytest.fixture
def people(database: Database) -> People:
    people = People(database)
    people.add(Person(name="Ada", role="admin"), "hash-of-ada")
    people.add(Person(name="bob", role="creator"), "hash-of-bob")
    return people


def test_accounts_are_found_by_their_exact_name(people: People) -> None:
    assert people.all() == [Person(name="Ada", role="admin"), Person(name="bob", role="creator")]
    assert people.find("Ada") == Person(name="Ada", role="admin")
    assert (people.find("ada"), people.find("\ud800"), people.password_hash("nobody")) == (None, None, None)
    assert people.password_hash("bob") == "hash-of-bob"


@pytest.mark.parametrize(
    "name", ["Ada", "ADA", "", "x", "owner", "Owner", "guest-1", "a b", "<b>", "x" * 65, "\ud800a", "ada\n", "аda"]
)
def test_names_that_cannot_be_had(people: People, name: str) -> None:
    with pytest.raises(InvalidRequestError, match="2 to 64 letters"):
        people.add(Person(name=name, role="viewer"), "hash")
    assert len(people.all()) == 2


def test_sessions_end_by_themselves_or_by_wish(people: People) -> None:
    people.open_session("k1", "bob", kind="session", expires=SOON)
    assert people.name_of("k1", kind="session", now=NOW.isoformat()) == "bob"
    assert people.name_of("k1", kind="token", now=NOW.isoformat()) is None
    assert people.name_of("k1", kind="session", now=LATER) is None
    assert people.name_of("\ud800", kind="session", now=LATER) is None
    people.close_session("k1")
    assert people.name_of("k1", kind="session", now=NOW.isoformat()) is None


def test_a_change_ends_sessions_and_tokens_of_that_person_alone(people: People) -> None:
    people.open_session("k1", "bob", kind="session", expires=SOON)
    people.open_session("k2", "bob", kind="token", expires=LATER)
    people.open_session("k3", "Ada", kind="session", expires=SOON)
    people.change("bob", role="viewer", password_hash="new")
    assert (people.find("bob"), people.password_hash("bob")) == (Person(name="bob", role="viewer"), "new")
    live = [
        people.name_of(key, kind=kind, now=NOW.isoformat())
        for key, kind in (("k1", "session"), ("k2", "token"), ("k3", "session"))
    ]
    assert live == [None, None, "Ada"]
    with pytest.raises(InvalidRequestError):
        people.change("nobody", role="viewer")


def test_a_change_of_what_is_no_longer_as_it_was_seen_changes_nothing(people: People) -> None:
    seen = people.find("bob")
    people.open_session("k1", "bob", kind="session", expires=SOON)
    for other in (Person(name="bob", role="viewer"), Person(name="bob", role="creator", disabled=True)):
        with pytest.raises(ConflictError, match="changed by somebody else"):
            people.change("bob", role="admin", expected=other)
    assert people.find("bob") == seen
    assert people.name_of("k1", kind="session", now=NOW.isoformat()) == "bob"
    people.change("bob", role="admin", expected=seen)
    assert people.find("bob") == Person(name="bob", role="admin")


def test_the_last_of_a_role_to_keep_stays(people: People) -> None:
    for change in ({"role": "viewer"}, {"disabled": True}, {"role": "nothing"}):
        with pytest.raises(ConflictError, match="last account"):
            people.change("Ada", **change, keep={"admin"})
        assert people.find("Ada") == Person(name="Ada", role="admin")
    people.change("Ada", password_hash="another", keep={"admin"})
    people.change("bob", role="admin", keep={"admin"})
    people.change("Ada", disabled=True, keep={"admin"})
    with pytest.raises(ConflictError):
        people.change("bob", disabled=True, keep={"admin", "viewer"})


def test_without_anybody_to_keep_others_can_still_be_changed(people: People) -> None:
    people.change("Ada", disabled=True)
    people.change("bob", role="viewer", keep={"admin"})
    assert people.find("bob") == Person(name="bob", role="viewer")


def test_a_disabled_account_is_nobody(people: People) -> None:
    people.change("bob", disabled=True)
    people.open_session("k1", "bob", kind="session", expires=SOON)
    assert people.name_of("k1", kind="session", now=NOW.isoformat()) is None
    assert people.password_hash("bob") is None
    assert people.find("bob") == Person(name="bob", role="creator", disabled=True)
    people.change("bob", disabled=False)
    assert people.password_hash("bob") == "hash-of-bob"


def test_a_session_needs_an_account_and_a_known_kind(people: People) -> None:
    for name, kind in (("nobody", "session"), ("bob", "cookie")):
        with pytest.raises(InvalidRequestError):
            people.open_session("k1", name, kind=kind, expires=SOON)


def test_expired_sessions_are_swept(people: People, database: Database) -> None:
    people.open_session("old", "bob", kind="session", expires=(NOW - timedelta(hours=1)).isoformat())
    people.open_session("new", "bob", kind="session", expires=SOON)
    with database.read() as connection:
        assert [row["key_hash"] for row in connection.execute("SELECT key_hash FROM sessions")] == ["new"]
