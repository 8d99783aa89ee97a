"""Every function of the real page, by every transport: whoever may not, cannot. The page itself gives the matrix."""

import itertools
import secrets

import httpx
import pytest

import app
import settings
import ui.permission
from benchmarks.program import free_port
from core.actions import Action
from core.people import Person
from server import keys, passwords

ROLES = ("anonymous", "viewer", "creator", "admin")
TRANSPORTS = ("join by index", "join by name", "call", "call v2", "run", "api")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_SERVER_NAME", "127.0.0.1")
        patch.setenv("GRADIO_SERVER_PORT", str(free_port()))
        built = app.build(settings.Settings(data=tmp_path_factory.mktemp("data"), owner="off", preload=False))
        built.url = built.start().rstrip("/")
    yield built
    built.stop()


@pytest.fixture(scope="module")
def headers(house):
    """Return what a client of each role sends: nothing, or an API token."""
    found = {"anonymous": {}}
    for role in ROLES[1:]:
        house.people.add(Person(name=f"some-{role}", role=role), passwords.hashed("a long enough password"))
        key = keys.new_key()
        house.people.open_session(keys.hashed(key), f"some-{role}", kind="token", expires="2099-01-01T00:00:00.000Z")
        found[role] = {"x-api-key": key}
    return found


def call(house, transport, index, name, headers):
    session = {"session_hash": secrets.token_hex(8)}  # each call is a visit of its own
    routes = {
        "join by index": ("queue/join", {"fn_index": index, "data": [], **session}),
        "join by name": ("queue/join", {"fn_name": name, "data": [], **session}),
        "call": (f"call/{name}", {"data": []}),
        "call v2": (f"call/v2/{name}", {}),
        "run": (f"run/{name}", {"data": [], **session}),
        "api": (f"api/{name}", {"data": [], **session}),
    }
    path, body = routes[transport]
    return httpx.post(f"{house.url}/gradio_api/{path}", json=body, headers=headers, timeout=30).status_code


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_no_role_reaches_a_function_it_may_not_use(house, headers, transport):
    permissions, names = ui.permission.table(house.demo)
    assert len(permissions) > 30
    wrong = []
    for role, (name, index) in itertools.product(ROLES, names.items()):
        actor = house.access.actor("guest-nobody" if role == "anonymous" else f"some-{role}")
        status = call(house, transport, index, name, headers[role])
        if not actor.may(permissions[index]) and status < 400:
            wrong.append((role, name, permissions[index], status))
    assert wrong == []


def test_those_who_may_pass_the_gate(house, headers):
    permissions, names = ui.permission.table(house.demo)
    for role in ROLES:
        actor = house.access.actor("guest-nobody" if role == "anonymous" else f"some-{role}")
        assert actor.may(Action.OPEN_PAGE)
        passed = call(house, "join by index", names["models"], "models", headers[role])
        assert passed == 200, (role, permissions[names["models"]])


def test_a_number_no_function_has_is_refused_even_to_the_admin(house, headers):
    assert call(house, "join by index", 9_999, "nothing", headers["admin"]) in {403, 404}


def test_the_tabs_of_the_admin_are_filled_for_the_admin_alone(house):
    page = httpx.get(house.url, timeout=30).text
    assert "some-admin" not in page
