"""``SHA256SUMS`` beside weights, in the format of the program of that name."""

import hashlib
from pathlib import Path


def hashes(folder: Path) -> dict[str, str]:
    """Path of each weight file -> its SHA-256."""
    files = sorted(folder.rglob("*.safetensors"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def write_sums(folder: Path) -> None:
    """Writes the file anew."""
    lines = [f"{digest}  {name}\n" for name, digest in hashes(folder).items()]
    (folder / "SHA256SUMS").write_text("".join(lines))


def kept_sums(folder: Path) -> dict[str, str]:
    """What the file says."""
    rows = [line.split(maxsplit=1) for line in (folder / "SHA256SUMS").read_text().splitlines()]
    return {name: digest for digest, name in rows}
