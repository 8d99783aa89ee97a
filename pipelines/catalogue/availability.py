"""Whether a model can run here, found out without importing or loading any of it."""

from __future__ import annotations

import importlib.util
import os

from pipelines.catalogue.spec import Device, ModelSpec, Needs
from pipelines.machine.device import cuda_expected
from pipelines.machine.weights import complete, is_hub_name


def missing(spec: ModelSpec, *, hub: bool) -> str:
    """Return one sentence naming everything the model lacks here; empty if it can run.

    Args:
        spec: its row.
        hub: whether weights may be downloaded.
    """
    lacks = [*_packages(spec.needs), *_keys(spec.needs), *_device(spec.needs), *_weights(spec.needs, hub)]
    return f"{spec.title} cannot run here: it needs {'; and '.join(lacks)}." if lacks else ""


def device_fits(device: Device) -> bool:
    """Tell whether this machine has the device; cheap."""
    return device == "any" or cuda_expected()


def _packages(needs: Needs) -> list[str]:
    absent = [name for name in needs.packages if importlib.util.find_spec(name) is None]
    return [f"the Python package {name} (pip install {name})" for name in absent]


def _keys(needs: Needs) -> list[str]:
    # The row names them: they are keys of remote accounts, and no settings of this program.
    return [f"the environment variable {name}" for name in needs.env if not os.environ.get(name)]


def _device(needs: Needs) -> list[str]:
    return [] if device_fits(needs.device) else ["a CUDA device and a CUDA build of torch"]


def _weights(needs: Needs, allowed: bool) -> list[str]:
    absent = [source for source, file in needs.weights.items() if not complete(source, file)]
    hub = [source for source in absent if is_hub_name(source)]
    lacks = [f"the weights in {source}" for source in absent if source not in hub]
    if hub and not allowed:
        lacks.append(f"the weights of {', '.join(hub)} (set SHOW_AND_TELL_HUB=on to let it download them)")
    return lacks
