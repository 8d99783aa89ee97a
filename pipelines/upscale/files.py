"""Weights of upscalers: one file each, of kinds that can hold no program."""

from __future__ import annotations

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from huggingface_hub import hf_hub_download
from safetensors import SafetensorError

from core.errors import EngineUnavailableError
from pipelines.machine import weights
from pipelines.upscale.library import spandrel

# A ``.pth`` is a pickle: spandrel reads tensors out of it and refuses every other class.
KINDS = (".safetensors", ".pth")
SCALES = (2, 4)
# What readers and spandrel's look at shapes raise over files that are cut off, or of something else.
_DAMAGED = (OSError, EOFError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, SafetensorError)


def find(source: str, *, hub: bool) -> Path:
    """Return the file: ``folder/file`` here, or ``owner/name/file`` on the hub.

    Args:
        source: relative paths start at the root of the repository.
        hub: whether it may be downloaded.

    Raises:
        EngineUnavailableError: another kind of file, or it is not there.
    """
    if Path(source).suffix not in KINDS:
        raise EngineUnavailableError(f"The upscaler {source} cannot be used; allowed: {' or '.join(KINDS)} files.")
    owner, _, file = source.rpartition("/")
    if not weights.is_hub_name(owner):
        path = Path(weights.source_of(source))
        if not path.is_file():
            raise EngineUnavailableError(f"The upscaler {source} is not on this machine.")
        return path
    try:
        return Path(hf_hub_download(owner, file, local_files_only=not hub))
    except (OSError, ValueError) as error:
        why = f", and the hub does not give it: {_said(error)}" if hub else "."
        raise EngineUnavailableError(f"The upscaler {source} is not on this machine{why}") from error


def read(path: Path) -> Any:
    """Return the network with its description (spandrel's ``ImageModelDescriptor``), on the processor, in float32.

    Raises:
        EngineUnavailableError: the file is damaged, holds more than tensors, or is no upscaler of RGB pictures.
    """
    library = spandrel()
    try:
        model = library.ModelLoader("cpu").load_from_file(path)
    except library.UnsupportedModelError as error:
        raise EngineUnavailableError(f"{path.name} holds no upscaler that spandrel knows.") from error
    except UnpicklingError as error:
        raise EngineUnavailableError(f"{path.name} is refused, for it is more than tensors: {_said(error)}") from error
    except _DAMAGED as error:
        raise EngineUnavailableError(f"The upscaler {path.name} cannot be read: {_said(error)}") from error
    if not isinstance(model, library.ImageModelDescriptor) or model.scale not in SCALES:
        scale = f"enlarges {model.scale} times" if model.scale != 1 else "does not enlarge"
        raise EngineUnavailableError(f"{path.name} {scale}; allowed: 2 or 4 times.")
    if (model.input_channels, model.output_channels) != (3, 3):
        raise EngineUnavailableError(f"{path.name} takes {model.input_channels} channels; allowed: the 3 of RGB.")
    return model.float().eval()


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
