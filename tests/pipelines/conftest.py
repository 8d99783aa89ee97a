from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def sdxl_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    # Imported here: most tests of this folder need no torch.
    from tests.pipelines.tiny_models import save_sdxl

    return save_sdxl(tmp_path_factory.mktemp("sdxl"))


@pytest.fixture(scope="session")
def upscaler_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.pipelines.tiny_models import save_upscaler

    return save_upscaler(tmp_path_factory.mktemp("upscaler") / "tiny.safetensors")


@pytest.fixture(scope="session")
def llava_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.pipelines.tiny_models import save_llava

    return save_llava(tmp_path_factory.mktemp("llava"))


@pytest.fixture(scope="session")
def sdxl_options(sdxl_folders: tuple[Path, Path]) -> dict[str, Any]:
    base, refiner = sdxl_folders
    return {
        "base": str(base),
        "refiner": str(refiner),
        "device": "cpu",
        "sizes": {"square": (16, 16), "portrait": (8, 16), "landscape": (16, 8)},
    }
