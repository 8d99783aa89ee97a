"""Kept files under the names people see: galleries, the download button and gradio_client name a file by its path."""

from __future__ import annotations

from pathlib import Path

from core import file_names
from core.runs import KeptPicture, Run
from ui.desk import Desk


def picture(desk: Desk, run: Run, kept: KeptPicture) -> Path:
    """Return the file of a picture. Raises UnknownRunError if it is gone."""
    return desk.pictures.named(desk.pictures.path(kept.sha256), file_names.of_picture(run, kept))


def sound(desk: Desk, run: Run) -> Path:
    """Return the file of what was spoken. Raises UnknownRunError if it is gone."""
    path = desk.pictures.sound_path(run.sound)
    return desk.pictures.named(path, file_names.of_sound(run, path.suffix[1:]))
