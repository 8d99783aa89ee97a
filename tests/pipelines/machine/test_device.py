from __future__ import annotations

import pytest

from core.errors import EngineFailedError
from pipelines.machine import torch_device
from pipelines.machine.device import cuda_expected


def test_a_space_with_a_shared_device_has_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert cuda_expected()


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_hidden_devices_are_none(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert not cuda_expected()


def test_what_the_cheap_look_expects_torch_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert cuda_expected() == torch.cuda.is_available()
    assert torch_device.choose("cpu").type == "cpu"


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried")]
)
def test_no_memory_is_a_sentence_with_advice(error: Exception) -> None:
    with pytest.raises(EngineFailedError, match=r"ran out of memory\. Close"), torch_device.memory_guarded("Close it."):
        raise error


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shape"), torch_device.memory_guarded("Close it."):
        raise RuntimeError("shape mismatch")
