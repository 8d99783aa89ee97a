"""Files people bring through Gradio: read once, cleaned, and Gradio's own copy deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from core.actions import Actor
from core.errors import InvalidRequestError
from core.media import Picture
from ui.desk import Desk

_KINDS = "a picture file (PNG, JPEG, WebP, GIF or BMP)"


def picture(desk: Desk, payload: Any, field: str = "image", *, actor: Actor | None = None) -> Picture:
    """Return the clean picture of an upload.

    The original may carry the place where it was taken, and Gradio would go on serving it: it is deleted, whatever
    it turns out to be.

    Args:
        desk: its ``uploads`` is the door every file goes through.
        payload: what Gradio hands over for an uploaded file, unread.
        field: name of the parameter, for the sentence.
        actor: who brings it; they take turns.

    Raises:
        InvalidRequestError: not an upload, or not an acceptable picture.
        QueueFullError: too many pictures of this actor wait to be read.
    """
    path = _uploaded(payload, field)
    try:
        return desk.uploads.read(path.read_bytes(), str(payload.get("orig_name") or path.name), actor=actor)
    except FileNotFoundError:
        raise InvalidRequestError(field, path.name, f"{_KINDS}; this one is gone, please send it again") from None
    finally:
        path.unlink(missing_ok=True)


def _uploaded(payload: Any, field: str) -> Path:
    if not isinstance(payload, dict) or not isinstance(payload.get("path"), str):
        raise InvalidRequestError(field, payload, f"{_KINDS}, sent as a file")
    folder = Path(gr.utils.get_upload_folder()).resolve()
    path = Path(payload["path"]).resolve()
    # Anyone can write any path into a request; only what was uploaded here may be read, and then deleted.
    if not path.is_relative_to(folder) or not path.is_file():
        raise InvalidRequestError(field, path.name, f"{_KINDS}, uploaded to this server")
    return path
