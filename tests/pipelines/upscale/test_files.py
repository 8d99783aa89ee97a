"""Which files are weights of an upscaler, and which are refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from core.errors import EngineUnavailableError
from pipelines.upscale import files
from tests.pipelines.tiny_models import save_upscaler


@pytest.mark.parametrize("kind", [".safetensors", ".pth"])
@pytest.mark.parametrize("scale", [2, 4])
def test_weights_are_recognised_and_their_scale_read(tmp_path: Path, kind: str, scale: int) -> None:
    model = files.read(save_upscaler(tmp_path / f"tiny{kind}", scale))
    assert (model.architecture.id, model.scale, model.dtype) == ("Compact", scale, torch.float32)


class _Harmful:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.mark),))


def test_a_pickle_that_would_run_something_is_refused_and_does_not_run(tmp_path: Path) -> None:
    torch.save({"params": _Harmful(tmp_path / "ran")}, tmp_path / "harmful.pth")
    with pytest.raises(EngineUnavailableError, match=r"harmful\.pth is refused"):
        files.read(tmp_path / "harmful.pth")
    assert not (tmp_path / "ran").exists()


def _written(folder: Path) -> dict[str, bytes]:
    whole = save_upscaler(folder / "whole.pth").read_bytes()
    safe = save_upscaler(folder / "whole.safetensors").read_bytes()
    return {"cut.pth": whole[:700], "cut.safetensors": safe[:700], "words.pth": b"hello", "empty.pth": b""}


@pytest.mark.parametrize("name", ["cut.pth", "cut.safetensors", "words.pth", "empty.pth"])
def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(_written(tmp_path)[name])
    with pytest.raises(EngineUnavailableError, match=name):
        files.read(tmp_path / name)


@pytest.mark.parametrize("names", [("a",), ("body.0.weight", "body.1.weight")])
def test_weights_of_something_else_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    save_file({name: torch.ones(3) for name in names}, tmp_path / "other.safetensors")
    with pytest.raises(EngineUnavailableError, match=r"other\.safetensors"):
        files.read(tmp_path / "other.safetensors")


@pytest.mark.parametrize(("scale", "said"), [(1, "does not enlarge"), (3, "enlarges 3 times")])
def test_a_scale_of_which_the_sizes_cannot_be_made_is_refused(tmp_path: Path, scale: int, said: str) -> None:
    with pytest.raises(EngineUnavailableError, match=f"{said}; allowed: 2 or 4 times"):
        files.read(save_upscaler(tmp_path / "odd.safetensors", scale))


@pytest.mark.parametrize("source", ["weights.pt", "weights.ckpt", "weights.onnx", "weights", "owner/name/weights.bin"])
def test_other_kinds_of_files_are_refused_by_name(source: str) -> None:
    with pytest.raises(EngineUnavailableError, match=r"allowed: \.safetensors or \.pth files"):
        files.find(source, hub=True)


@pytest.mark.parametrize("source", ["assets/nowhere/model.safetensors", "nobody/nothing/model.pth"])
def test_what_is_not_here_is_said_to_be_missing(source: str) -> None:
    with pytest.raises(EngineUnavailableError, match=source):
        files.find(source, hub=False)


def test_a_file_here_is_found(upscaler_file: Path) -> None:
    assert files.find(str(upscaler_file), hub=False) == upscaler_file
