"""Kept files under the names people see: galleries, the download button and gradio_client name a file by its path."""

from __future__ import annotations

from pathlib import Path

from core import file_names
from core.runs import KeptPicture, Run
from ui.services import Services


def picture(services: Services, run: Run, kept: KeptPicture) -> Path:
    """Return the file of a picture. Raises UnknownRunError if it is gone."""
    return services.pictures.named(services.pictures.path(kept.sha256), file_names.of_picture(run, kept))


def sound(services: Services, run: Run) -> Path:
    """Return the file of what was spoken. Raises UnknownRunError if it is gone."""
    path = services.pictures.sound_path(run.sound)
    return services.pictures.named(path, file_names.of_sound(run, path.suffix[1:]))
