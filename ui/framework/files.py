"""Where files lie that pass through Gradio: each upload in a folder of its own, kept media served in their place."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import route_utils

_UPLOAD = "upload-"
_HASH = re.compile(r"[0-9a-f]{64}")


class _OwnFolder:
    """Replaces Gradio's hash of an upload, by which it names the folder, with a random name."""

    def __init__(self) -> None:
        self._name = f"{_UPLOAD}{secrets.token_hex(16)}"

    def update(self, data: bytes) -> None:
        """Take a piece of the file, whatever it is."""

    def hexdigest(self) -> str:
        """Return the name of the folder."""
        return self._name


class _Upload(route_utils.GradioUploadFile):  # type: ignore[misc]  # Gradio carries no types here
    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self.sha = _OwnFolder()  # Gradio asks it for no more than these two methods


def keep_uploads_apart() -> None:
    """Let no two uploads share a path.

    Gradio 6.31 names them by their content: equal files of two people are one file, and so are an upload and Gradio's
    own copy of the same picture. What one visitor does with a file would happen to that of another.
    """
    route_utils.GradioUploadFile = _Upload  # read at every upload


def serve_in_place(paths: Iterable[Path]) -> None:
    """Let Gradio hand out what lies there without a copy of its own. The gate decides who may fetch which file."""
    gr.set_static_paths(list(paths))


def is_upload(path: Path) -> bool:
    """Tell whether somebody sent this file. Gradio's own copies, which many may use, lie in folders named by a hash."""
    return path.is_relative_to(folder()) and _HASH.fullmatch(path.parent.name) is None


def is_offered(path: Path) -> bool:
    """Tell whether this file was uploaded here, or is one that the page hands out."""
    return path.is_relative_to(folder()) or bool(gr.utils.is_static_file(path))


def folder() -> Path:
    """Return where Gradio puts uploads and copies."""
    return Path(gr.utils.get_upload_folder()).resolve()


def new_upload(data: bytes, name: str) -> Path:
    """Write a file that came some other way where uploads lie."""
    place = folder() / _OwnFolder().hexdigest()
    place.mkdir(mode=0o700, parents=True)
    path = place / name
    path.write_bytes(data)
    return path
