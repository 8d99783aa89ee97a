"""Reads the recipes of docs/extending.md and applies one to a copy of the tree."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "extending.md"

_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Weights and pictures are read and never changed.
_LINKED = "assets"


@dataclass(frozen=True)
class Recipe:
    """What a section of the page says: the files it names, and its blocks (kind, path, text)."""

    named: frozenset[str]
    blocks: tuple[tuple[str, str, str], ...]

    @property
    def python(self) -> list[str]:
        return [path for path in sorted(self.named) if path.endswith(".py")]


def recipe(title: str) -> Recipe:
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert section, title
    touches = re.search(r"^Touches (.*?)\.\n\n", section[1], re.MULTILINE | re.DOTALL)
    assert touches, title
    return Recipe(frozenset(re.findall(r"`([^`]+)`", touches[1])), tuple(_BLOCK.findall(section[1])))


def copy(folder: Path) -> Path:
    """Copy what git knows and does not ignore, as it lies here now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if name.startswith(f"{_LINKED}/") or not (ROOT / name).is_file():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / _LINKED).symlink_to(ROOT / _LINKED)
    return folder


def apply(wanted: Recipe, tree: Path) -> None:
    for kind, path, text in wanted.blocks:
        place = tree / path
        if kind == "diff":
            place.write_text(edited(place.read_text("utf-8"), text, path), "utf-8")
        else:
            assert not place.exists(), f"{path} is there already"
            place.write_text(text, "utf-8")


def edited(text: str, diff: str, path: str) -> str:
    """Return ``text`` with every hunk applied; each has to fit exactly one place, below the one before."""
    done = ""
    for hunk in filter(None, diff.split("@@\n")):
        lines = [line or " " for line in hunk.splitlines()]
        assert all(line[0] in " -+" for line in lines), f"{path}: {hunk}"
        before = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
        assert text.count(before) == 1, f"{path}: this fits {text.count(before)} places:\n{before}"
        head, _, text = text.partition(before)
        done += head + after
    return done + text


def state(tree: Path) -> dict[str, str]:
    """Return path -> digest of every file of a tree but those that are linked."""
    return {
        str(path.relative_to(tree)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tree.rglob("*")
        if path.is_file() and _LINKED not in path.relative_to(tree).parts[:1]
    }
