"""Every function of the real page, by every transport: whoever may not, cannot. The page itself gives the matrix."""

import itertools
import secrets

import httpx
import pytest

import ui.permission
from core.actions import Action
from tests.served import served, token

ROLES = ("anonymous", "viewer", "creator", "admin")
TRANSPORTS = ("join by index", "join by name", "call", "call v2", "run", "api")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with served(tmp_path_factory.mktemp("data")) as built:
        yield built


@pytest.fixture(scope="module")
def headers(program):
    return {role: token(program, role) for role in ROLES}


def actors(program):
    """Return role -> somebody of that role."""
    named = {person.role: program.access.actor(person.name) for person in program.people.all()}
    return {"anonymous": program.access.actor("guest-nobody"), **named}


def call(program, transport, index, name, headers):
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
    return httpx.post(f"{program.url}/gradio_api/{path}", json=body, headers=headers, timeout=30).status_code


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_no_role_reaches_a_function_it_may_not_use(program, headers, transport):
    permissions, names = ui.permission.table(program.demo)
    assert len(permissions) > 30
    wrong = []
    for (role, actor), (name, index) in itertools.product(actors(program).items(), names.items()):
        status = call(program, transport, index, name, headers[role])
        if not actor.may(permissions[index]) and status < 400:
            wrong.append((role, name, permissions[index], status))
    assert wrong == []


def test_those_who_may_pass_the_gate(program, headers):
    _, names = ui.permission.table(program.demo)
    for role, actor in actors(program).items():
        assert actor.may(Action.SEE_MODELS)
        assert call(program, "join by index", names["models"], "models", headers[role]) == 200


def test_a_number_no_function_has_is_refused_even_to_the_admin(program, headers):
    assert call(program, "join by index", 9_999, "nothing", headers["admin"]) in {403, 404}


def test_the_page_as_sent_names_nobody(program, headers):
    page = httpx.get(program.url, timeout=30).text
    assert not [person.name for person in program.people.all() if person.name in page]
