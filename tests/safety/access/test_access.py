from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actions import Action
from core.errors import LimitReachedError, NotPermittedError
from core.requests import REQUESTS, GenerateRequest, Sampling, SpeakRequest
from core.requests.flat import from_flat, parameters
from safety.access.access import UNNAMED, RoleAccess
from safety.access.roles import Limits

ROLES = Path(__file__).resolve().parents[3] / "roles.yaml"
PEOPLE = {"ann": "admin", "carl": "creator", "vera": "viewer", "sven": "sorcerer"}


def access(*, owner: bool = False) -> RoleAccess:
    return RoleAccess(ROLES, PEOPLE.get, lambda: owner)


def test_the_role_is_looked_up_at_every_request() -> None:
    people = dict(PEOPLE)
    looked_up = RoleAccess(ROLES, people.get, lambda: False)
    assert looked_up.actor("carl").may(Action.GENERATE)
    people["carl"] = "viewer"
    assert not looked_up.actor("carl").may(Action.GENERATE)
    del people["carl"]
    assert looked_up.actor("carl").role == "anonymous"


@pytest.mark.parametrize("name", [None, "", "nobody", "owner", UNNAMED])
def test_whom_nobody_knows_is_anonymous_and_shares_no_runs(name: str | None) -> None:
    actor = access().actor(name)
    assert (actor.name, actor.role) == (UNNAMED, "anonymous")
    assert not actor.may(Action.SEE_OWN_RUNS)


def test_visitors_keep_their_name_and_see_their_own_runs() -> None:
    actor = access().actor("guest-12ab")
    assert (actor.name, actor.role) == ("guest-12ab", "anonymous")
    assert actor.may(Action.SEE_OWN_RUNS)


def test_a_visitor_is_anonymous_whatever_the_accounts_say() -> None:
    assert RoleAccess(ROLES, lambda _: "admin", lambda: True).actor("guest-1").role == "anonymous"


def test_the_owner_is_admin_in_owner_mode_only() -> None:
    assert access(owner=True).actor("owner").role == "admin"
    assert access(owner=False).actor("owner").role == "anonymous"
    assert RoleAccess(ROLES, lambda _: "admin", lambda: False).actor("owner").role == "anonymous"


def test_a_role_that_is_gone_counts_as_anonymous() -> None:
    actor = access().actor("sven")
    assert (actor.name, actor.role) == ("sven", "anonymous")


def test_broken_accounts_give_no_rights() -> None:
    def broken(name: str) -> str | None:
        raise OSError(name)

    assert RoleAccess(ROLES, broken, lambda: True).actor("ann").role == "anonymous"


@given(st.text() | st.none())
def test_no_name_gains_rights(name: str | None) -> None:
    actor = access().actor(name)
    if name not in PEOPLE:
        assert actor.role == "anonymous"
        assert not actor.may(Action.ADMINISTER)


def test_a_denial_says_which_role_may_and_how_to_get_it() -> None:
    granted = access()
    granted.require(granted.actor("carl"), Action.GENERATE)
    with pytest.raises(NotPermittedError, match="Making pictures needs the role admin or creator; yours is viewer"):
        granted.require(granted.actor("vera"), Action.GENERATE)
    with pytest.raises(NotPermittedError, match="Administering needs the role admin; you are not signed in"):
        granted.require(granted.actor("guest-1"), Action.ADMINISTER)


@pytest.mark.parametrize(
    ("change", "today", "waiting", "limit"),
    [
        ({"count": 3}, 0, 0, "max_count"),
        ({"steps": 31}, 0, 0, "max_steps"),
        ({}, 60, 0, "runs_per_day"),
        ({}, 0, 2, "waiting_runs"),
    ],
)
def test_each_limit_binds_and_names_itself(change: dict[str, int], today: int, waiting: int, limit: str) -> None:
    granted = access()
    guest = granted.actor("guest-1")
    granted.within_limits(guest, GenerateRequest(prompt="a cat", count=2, sampling=Sampling(steps=30)), 59, 1)
    with pytest.raises(LimitReachedError, match=limit):
        granted.within_limits(guest, from_flat(GenerateRequest, {"prompt": "a cat", **change}), today, waiting)


def test_amounts_bind_other_requests_too_and_unlimited_binds_nobody() -> None:
    granted = access()
    with pytest.raises(LimitReachedError, match="runs_per_day"):
        granted.within_limits(granted.actor("guest-1"), SpeakRequest(text="hello"), 60, 0)
    granted.within_limits(
        granted.actor("ann"), GenerateRequest(prompt="a cat", count=8, sampling=Sampling(steps=150)), 10**6, 50
    )


def test_the_roles_in_force_are_the_last_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    good = ROLES.read_text("utf-8")
    path.write_text(good, encoding="utf-8")
    held = RoleAccess(path, lambda name: None, lambda: False)
    for broken in ("roles: [", "", "version: 1\nroles: {}", "\x00", good.replace("actions", "action")):
        path.write_text(broken, encoding="utf-8")
        assert {"admin", "anonymous"} <= set(held.table())
    path.unlink()
    assert set(held.table()) == set(held.roles())


def test_every_limit_that_a_field_names_is_one_of_roles_yaml():
    named = {
        parameter.about.limit.name
        for kind in REQUESTS.values()
        for parameter in parameters(kind).values()
        if parameter.about.limit
    }
    assert named
    assert named <= set(Limits.model_fields)
