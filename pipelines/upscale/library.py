"""spandrel, without the torchvision it asks for.

Two of its forty architectures, which fill holes and mend faces, import three names of torchvision. This program does
without that package (decision 7), and a build of it that does not fit torch would keep transformers from loading too.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from pipelines.machine.loading import ONE_AT_A_TIME

_MODULES = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
_NAMES = ("InterpolationMode", "normalize", "rotate")


def spandrel() -> ModuleType:
    """Import it. Raises ImportError if it is not installed."""
    with ONE_AT_A_TIME:
        if "spandrel" in sys.modules or importlib.util.find_spec("torchvision"):
            return importlib.import_module("spandrel")
        with _placeholders():
            return importlib.import_module("spandrel")


@contextmanager
def _placeholders() -> Iterator[None]:
    for name in _MODULES:
        sys.modules[name] = ModuleType(name)
    for name in _NAMES:
        setattr(sys.modules[_MODULES[-1]], name, None)
    try:
        yield
    finally:
        for name in _MODULES:
            del sys.modules[name]
