"""What lies beside the weights: the vocabulary, the matrix of the live previews, the contact sheet, the hashes."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch.nn import functional

from training.captions import STYLE_WORDS
from training.icons import Pixels, drawn
from training.latents import coder
from training.pack import MODELS
from training.packages import CACHE
from training.scenes import GROUNDS
from training.singles import singles


def vocabulary() -> dict[str, list[str]]:
    """Group -> words, as the page lists them."""
    others = [f"{word} ({concept.name})" for concept in drawn() for word in concept.synonyms]
    return {
        "concepts": [concept.name for concept in drawn()],
        "other words": others,
        "styles": [words[-1] for words in STYLE_WORDS.values()],
        "grounds": list(GROUNDS),
    }


def preview() -> dict[str, list[list[float]] | list[float]]:
    """Least squares from latents to the picture at latent size: RGB in 0..1 is ``latents @ matrix + bias``."""
    latents = torch.load(CACHE / "latents.pt", weights_only=True)["square"][::5]
    _, size = coder()
    small = functional.adaptive_avg_pool2d(singles(size).pixels[::5].float() / 255, latents.shape[-1])
    points = latents.movedim(1, -1).reshape(-1, 4)
    points = torch.cat([points, torch.ones(len(points), 1)], 1)
    solution = torch.linalg.lstsq(points, small.movedim(1, -1).reshape(-1, 3)).solution
    rounded = [[round(value, 4) for value in row] for row in solution.tolist()]
    return {"latents_to_rgb": rounded[:4], "bias": rounded[4]}


def sheet(pictures: NDArray[np.uint8] | list[Pixels], words: list[str], columns: int = 8) -> Image.Image:
    """The pictures at twice their size with their prompts under them."""
    cell, line = 128, 26
    rows = -(-len(words) // columns)
    made = Image.new("RGB", (columns * (cell + 8), rows * (cell + line + 8)), "white")
    pen = ImageDraw.Draw(made)
    for at, (pixels, text) in enumerate(zip(pictures, words, strict=True)):
        x, y = at % columns * (cell + 8) + 4, at // columns * (cell + line + 8) + 4
        made.paste(Image.fromarray(pixels).resize((cell, cell), Image.Resampling.BICUBIC), (x, y))
        first, _, rest = text.partition(" on ")
        pen.text((x, y + cell + 1), first, fill="black")
        pen.text((x, y + cell + 12), rest, fill="gray")
    return made


def hashes(folder: Path) -> dict[str, str]:
    """Path of each weight file -> its SHA-256."""
    files = sorted(folder.rglob("*.safetensors"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def main() -> None:
    """Writes ``vocabulary.json``, ``preview.json`` and ``SHA256SUMS`` beside the weights."""
    (MODELS / "vocabulary.json").write_text(json.dumps(vocabulary(), indent=1) + "\n")
    (MODELS / "preview.json").write_text(json.dumps(preview()) + "\n")
    lines = [f"{digest}  {name}\n" for name, digest in hashes(MODELS).items()]
    (MODELS / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main()
