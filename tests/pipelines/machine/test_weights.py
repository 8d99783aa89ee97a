from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from pipelines.machine import weights


def write(path: Path, content: bytes = b"weights") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub with one model, owner/name, laid out as huggingface_hub does."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--owner--name"
    write(model / "refs" / "main", b"abc")
    (model / "snapshots" / "abc").mkdir(parents=True)
    return model


def snapshot(hub: Path, name: str, content: bytes = b"weights") -> None:
    blob = write(hub / "blobs" / hashlib.sha256(content + name.encode()).hexdigest(), content)
    link = hub / "snapshots" / "abc" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(blob)


def test_names_on_the_hub_and_folders_are_told_apart() -> None:
    assert weights.is_hub_name("owner/name")
    assert not weights.is_hub_name("assets/models")
    assert not weights.is_hub_name("assets/models/emoji-sdxl/base")
    assert not weights.is_hub_name("/somewhere/else")
    assert not weights.is_hub_name("./my/model")
    assert weights.source_of("owner/name") == "owner/name"
    assert weights.source_of("assets/models") == str(weights.ROOT / "assets/models")


def test_a_folder_is_complete_once_its_file_is_there(tmp_path: Path) -> None:
    folder = str(tmp_path / "model" / "base")
    assert not weights.complete(folder, "unet/model.safetensors")
    write(tmp_path / "model" / "base" / "unet" / "model.safetensors")
    assert weights.complete(folder, "unet/model.safetensors")


def test_the_cache_of_the_hub_is_found(hub: Path) -> None:
    assert not weights.complete("owner/name", "unet/model.safetensors")
    snapshot(hub, "unet/model.safetensors")
    assert weights.complete("owner/name", "unet/model.safetensors")
    assert not weights.complete("owner/other", "unet/model.safetensors")


def test_an_index_needs_all_its_files(hub: Path) -> None:
    files = ["model-1.safetensors", "model-2.safetensors"]
    snapshot(hub, "model.safetensors.index.json", json.dumps({"weight_map": {"a": files[0], "b": files[1]}}).encode())
    snapshot(hub, files[0])
    assert not weights.complete("owner/name", "model.safetensors.index.json")
    snapshot(hub, files[1])
    assert weights.complete("owner/name", "model.safetensors.index.json")


def test_a_fingerprint_is_of_the_content_and_not_of_the_place(tmp_path: Path) -> None:
    for place in ("one", "two"):
        write(tmp_path / place / "base" / "unet" / "model.safetensors")
        write(tmp_path / place / "base" / "config.json", place.encode())
    one, two = (weights.fingerprint([(str(tmp_path / place / "base"), "config.json")]) for place in ("one", "two"))
    assert one == two
    changed = write(tmp_path / "two" / "base" / "unet" / "model.safetensors", b"WEIGHTS")
    os.utime(changed, ns=(1, 1))
    assert weights.fingerprint([(str(tmp_path / "two" / "base"), "config.json")]) != one


def test_a_fingerprint_is_of_the_precision_that_was_loaded(tmp_path: Path) -> None:
    source = [(str(tmp_path / "base" / "sdxl"), "config.json")]
    write(tmp_path / "base" / "sdxl" / "config.json")
    write(tmp_path / "base" / "sdxl" / "unet" / "model.fp16.safetensors")
    before = weights.fingerprint(source, "fp16")
    write(tmp_path / "base" / "sdxl" / "unet" / "model.safetensors", b"full precision")
    assert weights.fingerprint(source, "fp16") == before
    assert weights.fingerprint(source) != before
