"""MCP: the endpoints as tools, each call made as the person who sent it."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Callable
from typing import Any

import gradio as gr

from core.errors import InvalidRequestError
from ui.framework import files as gradio_files

_PICTURE = "the picture itself as a data: URL, such as data:image/png;base64,iVBORw0..."


def call_in_place(server: Any, require_room: Callable[[], None] = lambda: None) -> None:
    """Let Gradio's MCP server call functions directly, with the caller's own request, and fetch nothing for them.

    For queued functions it would go through one inner client for everybody, whose session belongs to the first
    caller (release 6.31). Our lanes are the queue, so nothing is lost by leaving Gradio's out. Pictures it would fetch
    from any address a caller names, and keep the original of one that comes as data.

    Args:
        server: ``Blocks.mcp_server_obj`` of a page that has been launched.
        require_room: raises StorageError while there is no room for a file.
    """
    find = server.get_block_fn_from_endpoint_name

    def unqueued(name: str) -> Any:
        function = copy.copy(find(name))
        if function is not None:
            function.queue = False
        return function

    def with_files(arguments: dict[str, Any], places: list[list[str | int]]) -> dict[str, Any]:
        # A tool's pictures are parameters of their own, never deeper inside.
        named = {str(place[0]) for place in places if len(place) == 1}
        sent = {name: value for name, value in arguments.items() if name in named and value is not None}
        if sent:
            require_room()
        return arguments | {name: _picture(name, value) for name, value in sent.items()}

    server.get_block_fn_from_endpoint_name = unqueued
    server.convert_strings_to_filedata = with_files


def _picture(name: str, value: Any) -> dict[str, Any]:
    """Return the picture in a data: URL as an upload of its own. What is in it is found out when it is read."""
    head, _, body = value.partition(",") if isinstance(value, str) else ("", "", "")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise InvalidRequestError(name, value, f"{_PICTURE}; nothing is fetched from addresses")
    try:
        data = base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        raise InvalidRequestError(name, value, _PICTURE) from None
    upload: dict[str, Any] = gr.FileData(path=str(gradio_files.new_upload(data, "picture"))).model_dump()
    return upload
