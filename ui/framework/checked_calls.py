"""Calls whose values do not fit the function end with a sentence, for the caller and in the log."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from ui import Blocks

_log = logging.getLogger(__name__)


class Page(Blocks):  # type: ignore[misc]  # Gradio has no types
    """Gradio's page, which by itself answers such a call with its own exception, and prints that with its stack."""

    async def process_api(self, block_fn: Any, inputs: list[Any], *more: Any, **named: Any) -> dict[str, Any]:
        """Run one call, or raise ``gr.Error`` with a sentence.

        What goes wrong in a handler of ours was put into words before (``ui.permission``); the rest are values from
        outside that a component cannot read.
        """
        try:
            made: dict[str, Any] = await super().process_api(block_fn, inputs, *more, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:
            name = getattr(block_fn, "api_name", None)
            _log.warning("a call of %s did not fit it: %s: %.300r", name, type(error).__name__, str(error))
            sentence = f"A value of this call does not fit what {name} takes; /gradio_api/info tells what that is."
            raise gr.Error(sentence, title="Please change this", print_exception=False) from error
        return made
