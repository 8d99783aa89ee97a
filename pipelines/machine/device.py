"""A cheap look at the devices, without torch, for the list of models. The load itself confirms it."""

from __future__ import annotations

import importlib.util
import os
import re
from functools import cache
from pathlib import Path

# Evidence of a driver, cheapest first: device nodes on Linux and in containers, the library on Windows.
_DRIVERS = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "C:/Windows/System32/nvcuda.dll")


def cuda_expected() -> bool:
    """Tell whether CUDA will very likely work, without importing torch; the load confirms it."""
    # Set by ZeroGPU, whose device exists only while an event runs, and by people for CUDA itself.
    if os.environ.get("SPACES_ZERO_GPU"):
        return True
    if os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}:
        return False
    return _torch_has_cuda() and any(Path(driver).exists() for driver in _DRIVERS)


@cache
def _torch_has_cuda() -> bool:
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return False
    facts = Path(found.origin).with_name("version.py")
    return facts.exists() and bool(re.search(r"^cuda\b.*= *'", facts.read_text(encoding="utf-8"), re.MULTILINE))
