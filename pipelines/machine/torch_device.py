"""Where a model is loaded, and what is known about that place. Imports torch: for engines alone."""

from __future__ import annotations

import gc
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import torch

from core.errors import EngineFailedError


def choose(wanted: str = "auto") -> torch.device:
    """Return the ``torch.device`` to load on: ``wanted``, or CUDA if it works and the processor if not."""
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def environment(
    device: torch.device, dtype: torch.dtype, fingerprint: str, packages: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return what a replay needs to be equal; see ``core.ports.Engine.environment``."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "dtype": str(dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "fingerprint": fingerprint,
    }


def free() -> None:
    """Give memory of models that nobody holds any more back to the system."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def memory_guarded(advice: str) -> Iterator[None]:
    """Turn running out of memory into a sentence with ``advice``, and free what the failed attempt held.

    Raises:
        EngineFailedError: the device has too little free memory.
    """
    short = False
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        short = True
    except RuntimeError as error:
        # The processor's allocator has no error class of its own.
        if "not enough memory" not in str(error):
            raise
        short = True
    if short:
        # Outside the except block: while it lasts, the traceback keeps every tensor of the failed attempt alive.
        free()
        raise EngineFailedError(f"The device ran out of memory. {advice}")
