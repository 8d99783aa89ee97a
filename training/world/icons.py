"""The drawings: which concepts the demo models know, and their pictures in several styles."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py
import yaml
from numpy.typing import NDArray
from PIL import Image

from training.world import packages

IMAGE_STYLES = ("flat", "3d")  # what the image model draws; both MIT
ALL_STYLES = tuple(packages.STYLE_PACKAGES)

Pixels = NDArray[np.uint8]
Icons = dict[tuple[str, str], Pixels]


@dataclass(frozen=True)
class Concept:
    """One thing with a name; ``colour`` is the ground word that describes it, or ''; ``drawn`` by the image model."""

    name: str
    hex: str
    slug: str
    category: str
    colour: str = ""
    synonyms: tuple[str, ...] = ()
    drawn: bool = True


@cache
def concepts() -> tuple[Concept, ...]:
    """The vocabulary, in the order of ``concepts.yaml``."""
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("concepts.yaml").read_text())["concepts"]
    return tuple(Concept(**{**row, "synonyms": tuple(row.get("synonyms", ()))}) for row in rows)


def drawn() -> tuple[Concept, ...]:
    """The part of the vocabulary that the image model learns to draw."""
    return tuple(concept for concept in concepts() if concept.drawn)


@cache
def concept_named(name: str) -> Concept:
    """The concept of that exact name.

    Raises:
        KeyError: there is none.
    """
    return {concept.name: concept for concept in concepts()}[name]


@cache
def tags(name: str) -> tuple[str, ...]:
    """Further words for a concept from emojibase-data, for example ``("animal", "pet")`` for a dog."""
    wanted = concept_named(name).hex.upper()
    for row in packages.read_json(packages.WORDS_PACKAGE, "en/data.json"):
        if row["hexcode"].removesuffix("-FE0F") == wanted:
            return tuple(row.get("tags", ()))
    return ()


def rasterise(style: str, slug: str, size: int) -> Pixels:
    """One icon as RGBA pixels of shape (size, size, 4), straight alpha."""
    icons = packages.read_json((packages.STYLE_PACKAGES | packages.UNSEEN_PACKAGES)[style], "icons.json")
    icon = icons["icons"][slug]
    box = f"0 0 {icon.get('width', icons['width'])} {icon.get('height', icons['height'])}"
    body = icon["body"]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box}" width="{size}" height="{size}">{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA"))


def load_icons(styles: tuple[str, ...] = IMAGE_STYLES, size: int = 64) -> Icons:
    """All concepts in the given styles: (concept name, style) -> RGBA uint8 array (size, size, 4).

    Kept in the cache folder as one ``.npz`` for each style and size.
    """
    loaded: Icons = {}
    names = [concept.name for concept in concepts()]
    for style in styles:
        kept = packages.CACHE / f"icons-{style}-{size}.npz"
        found = _read(kept, names)
        if found is None:
            found = np.stack([rasterise(style, concept.slug, size) for concept in concepts()])
            packages.CACHE.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(kept, names=np.array(names), pixels=found)
        loaded |= {(name, style): pixels for name, pixels in zip(names, found, strict=True)}
    return loaded


def _read(kept: Path, names: list[str]) -> Pixels | None:
    """The kept pixels, unless they were made for another vocabulary."""
    if not kept.exists():
        return None
    with np.load(kept) as file:
        if file["names"].tolist() != names:
            return None
        pixels: Pixels = file["pixels"]
        return pixels
