"""The endpoints as tools of an MCP server: on by setting, with the same permissions."""

import anyio
import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.served import served, token


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with served(tmp_path_factory.mktemp("data"), mcp=True) as built:
        yield built


def use(program, headers, tool=None, **arguments):
    """Return the names of the tools, or what a tool says, as the MCP client of somebody with these headers."""

    async def talk():
        address = f"{program.url}/gradio_api/mcp/"
        async with (
            streamablehttp_client(address, headers=headers) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            if tool is None:
                return [each.name for each in (await session.list_tools()).tools]
            return await session.call_tool(tool, arguments)

    return anyio.run(talk)


def test_the_endpoints_are_tools(program):
    named = use(program, token(program, "creator"))
    assert {"generate", "ask", "describe", "speak", "history", "replay", "cancel", "models", "moderate"} <= set(named)


def test_one_after_the_other_each_caller_has_the_rights_of_its_own_role(program):
    for role, allowed in (("creator", True), ("viewer", False), ("creator", True), ("anonymous", False)):
        headers = token(program, role)
        if allowed:
            answer = use(program, headers, "moderate", text="a red apple")
            assert not answer.isError
        else:
            assert refused(program, headers, "moderate", text="a red apple")


def words(answer):
    assert not answer.isError
    return " ".join(content.text for content in answer.content if content.type == "text")


def refused(program, headers, tool, **arguments):
    try:
        return use(program, headers, tool, **arguments).isError
    except (httpx.HTTPStatusError, ExceptionGroup, Exception):  # noqa: BLE001 - the client tells a 403 in several ways
        return True


def test_runs_of_a_tool_belong_to_its_caller(program):
    headers = token(program, "creator")
    made = use(program, headers, "generate", prompt="a red apple", steps=3)
    assert "'status': 'done'" in words(made)
    mine = words(use(program, headers, "history"))
    others = words(use(program, token(program, "creator"), "history"))
    assert "a red apple" in mine
    assert "a red apple" not in others


def test_without_the_setting_there_is_no_server(tmp_path):
    with served(tmp_path) as closed:
        reply = httpx.post(f"{closed.url}/gradio_api/mcp/", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        assert reply.status_code >= 400
