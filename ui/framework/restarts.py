"""A page that outlives its server: it notices that another one answers, and loads itself anew."""

from __future__ import annotations

import gradio as gr

# Gradio's own page reloads once it has seen the server gone. A restart between two of its requests goes unnoticed, and
# what it waited for never comes. Hidden pages look when they are seen again.
_LOOK = """() => {
  const {app_id, root, api_prefix} = window.gradio_config;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(`${root}${api_prefix}/app_id`).catch(() => null);
    if (answer?.ok && (await answer.json()).app_id !== app_id) location.reload();
  };
  setInterval(look, 10000);
  document.addEventListener("visibilitychange", look);
}"""


def reload_after(demo: gr.Blocks) -> None:
    """Let the page of ``demo`` load itself anew after a restart of the server."""
    demo.load(None, None, None, js=_LOOK)
