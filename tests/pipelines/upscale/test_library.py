"""spandrel comes without torchvision, and leaves no trace of the stand-in."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import importlib.util, sys
from pipelines.upscale.library import spandrel
library = spandrel()
assert library is spandrel()
assert "Compact" in {one.architecture.id for one in library.MAIN_REGISTRY.architectures()}
assert importlib.util.find_spec("torchvision") is None
assert not [name for name in sys.modules if name.startswith("torchvision")]
from transformers.utils import is_torchvision_available
assert not is_torchvision_available()
"""


def test_it_loads_without_torchvision() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
