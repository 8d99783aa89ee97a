from __future__ import annotations

import gradio as gr
import pytest

from core.actions import Action
from core.errors import InvalidRequestError
from ui.permission import PRIVATE, needs, table
from ui.services import Visit

PUBLIC = {"generate", "ask", "speak", "describe", "history", "run", "replay", "cancel", "delete", "models", "moderate"}


class Services:
    """A class with handlers, as every tab is one."""

    def __init__(self, services):
        self.services = services
        self.closed = False

    @needs(Action.ADMINISTER)
    def secret(self, visit: Visit, word: str = "x") -> str:
        return f"{visit.actor.name} {word}"

    @needs(Action.OPEN_PAGE)
    def refuses(self, visit: Visit) -> str:
        raise InvalidRequestError("prompt", "", "1 to 2000 characters")

    @needs(Action.OPEN_PAGE)
    def breaks(self, visit: Visit) -> str:
        raise KeyError("the colour of the secret")

    @needs(Action.OPEN_PAGE)
    def counts(self, visit: Visit):
        try:
            yield 1
            yield 2
        finally:
            self.closed = True


def test_every_function_of_the_page_declares_one_action(served):
    permissions, names = table(served.demo)
    with_code = {index for index, function in served.demo.fns.items() if function.fn is not None}
    assert set(permissions) == with_code == set(names.values())
    assert permissions[names["generate"]] == Action.GENERATE
    assert permissions[names["admin_fill"]] == Action.ADMINISTER
    assert permissions[names["dashboard_fill"]] == Action.SEE_DASHBOARD


def test_only_the_promised_endpoints_are_public(served):
    _, names = table(served.demo)
    public = {name for name, index in names.items() if served.demo.fns[index].api_visibility != "private"}
    assert public == PUBLIC


def test_a_function_without_an_action_keeps_the_program_from_starting():
    with gr.Blocks() as demo:
        button = gr.Button()
        button.click(lambda: None, None, None, api_name="planted", **PRIVATE)
    with pytest.raises(RuntimeError, match="declares no action"):
        table(demo)


def test_a_function_without_a_name_of_its_own_keeps_the_program_from_starting(services):
    own = Services(services)
    with gr.Blocks() as demo:
        button = gr.Button()
        button.click(own.breaks, None, None, api_name=None, **PRIVATE)
        button.click(own.breaks, None, None, api_name=None, **PRIVATE)
    table_or_error = pytest.raises(RuntimeError, match="no API name of its own")
    demo.fns[1].api_name = demo.fns[0].api_name
    with table_or_error:
        table(demo)


@pytest.mark.parametrize("name", ["viewer", "creator", "guest-1", "nobody", None, 7])
def test_who_may_not_is_refused_inside_the_handler_too(services, asking, name):
    with pytest.raises(gr.Error, match="Administering needs the role admin"):
        Services(services).secret(asking(name))


def test_a_request_without_a_name_is_anonymous(services):
    with pytest.raises(gr.Error):
        Services(services).secret(object())


def test_who_may_gets_the_answer(services, asking):
    assert Services(services).secret(asking("admin-ada"), word="y") == "admin-ada y"


def test_errors_of_the_house_are_sentences(services, asking):
    with pytest.raises(gr.Error, match="prompt is ''; allowed: 1 to 2000 characters") as caught:
        Services(services).refuses(asking("creator"))
    assert caught.value.title == "Please change this"


@pytest.mark.parametrize("for_programs", [False, True])
def test_a_sentence_is_html_for_the_page_and_plain_for_programs(services, asking, for_programs):
    class Odd(Services):
        @needs(Action.OPEN_PAGE)
        def odd(self, visit: Visit) -> str:
            raise InvalidRequestError("name", "<a href=//evil.example>&lt;", "'fox' or \"bear\"")

    own = Odd(services)
    own.for_programs = for_programs
    with pytest.raises(gr.Error) as caught:
        own.odd(asking("creator"))
    plain = "name is '<a href=//evil.example>&lt;'; allowed: 'fox' or \"bear\"."
    escaped = "name is '&lt;a href=//evil.example&gt;&amp;lt;'; allowed: 'fox' or \"bear\"."
    assert caught.value.message == (plain if for_programs else escaped)


def test_other_errors_tell_the_visitor_nothing_of_the_inside(services, asking, caplog):
    with pytest.raises(gr.Error) as caught:
        Services(services).breaks(asking("creator"))
    assert "secret" not in caught.value.message
    assert "the colour of the secret" in caplog.text


def test_a_generator_left_early_is_closed(services, asking):
    own = Services(services)
    steps = own.counts(asking("creator"))
    assert next(steps) == 1
    steps.close()
    assert own.closed


def test_gradio_sees_the_request_first_and_resolved_hints(served):
    for function in served.demo.fns.values():
        if function.fn is None:
            continue
        hints = gr.utils.get_type_hints(function.fn)
        assert hints.get("request") is gr.Request, function.name
