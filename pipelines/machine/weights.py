"""Weights: where they lie, whether they are complete, and the fingerprint that names them exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

ROOT = Path(__file__).resolve().parents[2]
_WEIGHTS = ("*.safetensors", "*.bin")
_SHA256_LENGTH = 64


def is_hub_name(source: str) -> bool:
    """Tell whether ``source`` is ``owner/name`` on the hub, and no folder here."""
    return source.count("/") == 1 and source[0] not in "./~" and not (ROOT / source).exists()


def source_of(source: str) -> str:
    """Return what ``from_pretrained`` takes: a name on the hub as it is, a folder as an absolute path."""
    return source if is_hub_name(source) else str(ROOT / Path(source).expanduser())


def folder_of(source: str, file: str) -> Path | None:
    """Return the folder in which ``file`` of ``source`` lies on this machine, or None."""
    if not is_hub_name(source):
        folder = Path(source_of(source))
        return folder if (folder / file).is_file() else None
    found = try_to_load_from_cache(source, file)
    return Path(found[: -len(file)]) if isinstance(found, str) else None


def complete(source: str, file: str) -> bool:
    """Tell whether ``file`` is on this machine, and if it is an index, every file it lists."""
    folder = folder_of(source, file)
    if folder is None:
        return False
    if not file.endswith(".index.json"):
        return True
    listed = set(json.loads((folder / file).read_text(encoding="utf-8"))["weight_map"].values())
    return all((folder / file).with_name(name).is_file() for name in listed)


def fingerprint(sources: Iterable[tuple[str, str]], variant: str | None = None) -> str:
    """Return one hex digest over the weight files of models, the same wherever they lie.

    Args:
        sources: pairs of source and a file in it that is there, as in ``needs.weights``.
        variant: where a folder holds several precisions, the one that was loaded (``fp16``).
    """
    whole = hashlib.sha256()
    for source, file in sources:
        folder = folder_of(source, file)
        for path in sorted(_files(folder, variant)) if folder else ():
            whole.update(f"{path.relative_to(folder or path).as_posix()} {digest(path)}\n".encode())
    return whole.hexdigest()


def digest(path: Path) -> str:
    """Return the SHA-256 of one file as a hex digest."""
    status = path.stat()
    return _digest(path.resolve(), status.st_size, status.st_mtime_ns)


def _files(folder: Path, variant: str | None) -> Iterable[Path]:
    found = [path for pattern in _WEIGHTS for path in folder.rglob(pattern)]
    chosen = [path for path in found if variant and f".{variant}." in path.name]
    return chosen or found


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, modified: int) -> str:  # noqa: ARG001 - size and time are the key of the cache
    # The hub's cache names large files by their SHA-256 already: gigabytes need not be read again.
    if len(path.name) == _SHA256_LENGTH and path.parent.name == "blobs":
        return path.name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
