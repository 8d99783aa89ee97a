"""Files people bring through Gradio: cleaned at the first look, so that what they know about their owner is gone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from core.actions import Actor
from core.errors import InvalidRequestError
from core.media import Picture
from ui.framework import files as gradio_files
from ui.services import Services

_KINDS = "a picture file (PNG, JPEG, WebP, GIF or BMP)"


def picture(services: Services, payload: Any, field: str = "image", *, actor: Actor | None = None) -> Picture:
    """Return the clean picture of an upload, or of a file this server handed out.

    The original may carry the place where it was taken, and Gradio would go on serving it. So the clean picture takes
    its place, and the same upload can be asked about again, at the same moment too; what is no picture is deleted.
    Files that were not sent here are only read: others use them as well.

    Args:
        services: its ``uploads`` reads every file that comes in.
        payload: what Gradio hands over for an uploaded file, unread.
        field: name of the parameter, for the sentence.
        actor: who brings it; they take turns.

    Raises:
        InvalidRequestError: not an upload, or not an acceptable picture.
        QueueFullError: too many pictures of this actor wait to be read.
    """
    path = _offered(payload, field)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InvalidRequestError(field, path.name, f"{_KINDS}; this one is gone, please send it again") from None
    sent = gradio_files.is_upload(path)
    try:
        clean = services.uploads.read(data, str(payload.get("orig_name") or path.name), actor=actor)
    except InvalidRequestError:
        if sent:
            path.unlink(missing_ok=True)
        raise
    if sent and clean.png != data:
        _replace(path, clean.png)
    return clean


def _offered(payload: Any, field: str) -> Path:
    if not isinstance(payload, dict) or not isinstance(payload.get("path"), str):
        raise InvalidRequestError(field, payload, f"{_KINDS}, sent as a file")
    try:
        path = Path(payload["path"]).resolve()
        # Anyone can write any path into a request; only what was uploaded or handed out here may be read.
        if gradio_files.is_offered(path) and path.is_file():
            return path
    except (OSError, ValueError):
        # A name no file system takes: too long, or with a zero byte.
        path = Path("file")
    raise InvalidRequestError(field, path.name, f"{_KINDS}, uploaded to this server")


def _replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file in one step; on a full disk the file goes, whatever else has to."""
    part = ""
    try:
        descriptor, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(part).replace(path)
    except OSError:
        for gone in filter(None, (part, str(path))):
            with contextlib.suppress(OSError):
                Path(gone).unlink(missing_ok=True)
