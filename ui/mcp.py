"""MCP: the endpoints as tools, each call made as the person who sent it."""

from __future__ import annotations

import copy
from typing import Any


def call_in_place(server: Any) -> None:
    """Let Gradio's MCP server call functions directly, with the caller's own request.

    For queued functions it would go through one inner client for everybody, whose session belongs to whoever called
    first (release 6.31). Our lanes are the queue, so nothing is lost by leaving Gradio's out.

    Args:
        server: ``Blocks.mcp_server_obj`` of a page that has been launched.
    """
    find = server.get_block_fn_from_endpoint_name

    def unqueued(name: str) -> Any:
        function = copy.copy(find(name))
        if function is not None:
            function.queue = False
        return function

    server.get_block_fn_from_endpoint_name = unqueued
