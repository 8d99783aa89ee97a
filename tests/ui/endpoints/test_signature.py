"""What programs see of an endpoint is what the fields of its request say."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr
import pytest

from core.media import Picture
from core.requests import REQUESTS, SpeakRequest
from core.requests.flat import parameters
from docs.endpoints import offered
from ui.endpoints.signature import takes

FUNCTIONS = dict(offered())
KINDS = [pytest.param(action, kind, id=str(action)) for action, kind in REQUESTS.items()]


def outside(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


@pytest.mark.parametrize(("action", "kind"), KINDS)
def test_names_order_defaults_and_types_are_those_of_the_fields(action, kind):
    seen = [
        one for one in inspect.signature(FUNCTIONS[action]).parameters.values() if one.name not in {"self", "request"}
    ]
    known = parameters(kind)
    assert [one.name for one in seen[: len(known)]] == list(known)
    for one, parameter in zip(seen, known.values(), strict=False):
        assert one.default == (one.empty if parameter.required else outside(parameter.default)), one.name
        bound = parameter.about.bound.kind
        plain = gr.FileData if bound is Picture else bound
        assert one.annotation == (plain | None if parameter.about.none else plain), one.name
        assert FUNCTIONS[action].__annotations__[one.name] == one.annotation


@pytest.mark.parametrize(("action", "kind"), KINDS)
def test_the_docstring_says_each_sentence_once_and_in_order(action, kind):
    lines = inspect.getdoc(FUNCTIONS[action]).partition("\nArgs:\n")[2].splitlines()
    assert lines[: len(parameters(kind))] == [f"    {n}: {one.about.sentence}" for n, one in parameters(kind).items()]


@pytest.mark.parametrize(("action", "kind"), KINDS)
def test_gradio_client_sees_the_same(action, kind, served):
    offered_here = served.client().view_api(print_info=False, return_format="dict")["named_endpoints"]
    seen = {one["parameter_name"]: one for one in offered_here[f"/{action}"]["parameters"]}
    known = parameters(kind)
    assert list(seen)[: len(known)] == list(known)
    for name, parameter in known.items():
        assert seen[name]["parameter_has_default"] is not parameter.required
        if not parameter.required:
            assert seen[name]["parameter_default"] == outside(parameter.default)


def test_every_argument_of_every_endpoint_is_explained():
    for name, function in FUNCTIONS.items():
        told = inspect.getdoc(function)
        for one in inspect.signature(function).parameters:
            assert one in {"self", "request"} or f"    {one}: " in told, f"{name}: {one}"


def test_what_a_handler_takes_besides_comes_after_the_request():
    class Desk:
        """Has an endpoint."""

        services = None

        @takes(SpeakRequest)
        def say(self, visit, request, loud: bool = False) -> tuple[SpeakRequest, bool]:
            """Say it.

            Args:
                loud: so that all can hear it
            """
            return request, loud

    assert list(inspect.signature(Desk.say).parameters) == ["self", "visit", "text", "language", "voice", "loud"]
    told = inspect.getdoc(Desk.say)
    assert told.index("text: 1 to") < told.index("voice: id of") < told.index("loud: so that")
    assert Desk().say(None, "Hello", "fr", "auto", True) == (SpeakRequest(text="Hello", language="fr"), True)
    assert Desk().say(None, text="Hello") == (SpeakRequest(text="Hello"), False)
