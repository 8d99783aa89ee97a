"""Requests are found by being there, and the lists of actions follow from them."""

import importlib
import pkgutil
import sys

import pytest

import core.requests
from core.actions import PAGE, Action
from core.requests import ACTIONS, BRINGING, REQUESTS
from core.requests.flat import brings_pictures

_SOURCE = """
from dataclasses import dataclass
from typing import ClassVar
from core.actions import Action
from core.requests.field import described
from core.requests.generate import AUTO, GenerateRequest
from core.requests.bound import Name

@dataclass(frozen=True, kw_only=True)
class WaveRequest:
    action: ClassVar[Action] = Action("wave")
    noun: ClassVar[str] = "wave"
    doing: ClassVar[str] = "Waving"
    model_field: ClassVar[str] = "model"
    model: str = described(default=AUTO, bound=Name("id"))

class Half:
    action = "not an action"
"""


@pytest.fixture
def another(tmp_path, monkeypatch):
    """A folder with one more request, as if it lay beside the others."""
    (tmp_path / "wave.py").write_text(_SOURCE, "utf-8")
    monkeypatch.setattr(core.requests, "__path__", [*core.requests.__path__, str(tmp_path)])
    yield
    sys.modules.pop("core.requests.wave", None)


def test_a_request_in_a_file_of_its_own_is_found_once_and_nothing_else_of_that_file(another):
    found = [kind.__name__ for kind in core.requests._found()]
    assert found.count("WaveRequest") == 1
    assert len(found) == len(set(found)) == len(REQUESTS) + 1
    assert "Half" not in found


def test_every_class_with_an_action_is_a_request_under_its_own_action():
    names = [each.name for each in pkgutil.iter_modules(core.requests.__path__)]
    modules = [importlib.import_module(f"core.requests.{name}") for name in names]
    kinds = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and isinstance(getattr(thing, "action", None), Action)
    }
    assert kinds == set(REQUESTS.values())
    assert all(kind.action == action for action, kind in REQUESTS.items())


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_a_request_says_what_people_call_it(kind):
    assert kind.noun
    assert kind.noun == kind.noun.lower()
    assert kind.doing
    assert kind.doing[0].isupper()
    assert kind.model_field in kind.__dataclass_fields__


def test_the_order_is_that_of_the_page():
    assert list(REQUESTS) == ["generate", "ask", "describe", "speak"]


def test_every_word_of_roles_is_an_action_of_a_request_or_of_the_page():
    assert set(ACTIONS) == set(REQUESTS) | set(PAGE)
    assert not set(REQUESTS) & set(PAGE)
    assert all(ACTIONS[action] == kind.doing for action, kind in REQUESTS.items())
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_whoever_may_use_pictures_may_bring_them():
    with_pictures = {action for action, kind in REQUESTS.items() if brings_pictures(kind)}
    assert with_pictures == {"ask", "describe"}
    assert with_pictures | {"generate", "moderate"} == BRINGING
    assert Action.SPEAK not in BRINGING
