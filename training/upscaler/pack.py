"""Stage 3: one file that spandrel and whatever reads weights of Real-ESRGAN's compact network load, and a sheet."""

import argparse

import torch
from PIL import Image
from safetensors.torch import save_file

from training.clip.pack import trained
from training.image.card import fill
from training.sums import write_sums
from training.upscaler import pictures
from training.upscaler.network import Upscaler
from training.upscaler.upscaler import bicubic, trained_upscaler
from training.world.packages import BUNDLED

FOLDER = BUNDLED / "emoji-upscaler"
STEPS = 25  # of the pictures on the sheet: those of the row in models.yaml
SHOWN, COLUMNS = 12, 3


def write(model: Upscaler) -> None:
    """Half-precision weights, which load in float32, and their hash."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    weights = FOLDER / "model.safetensors"
    save_file({name: one.half().contiguous() for name, one in model.state_dict().items()}, weights)
    weights.chmod(0o644)
    write_sums(FOLDER)


def sheet(model: Upscaler, small: torch.Tensor) -> Image.Image:
    """Each picture twice: enlarged without a model on the left, by the upscaler on the right.

    Args:
        model: the upscaler.
        small: uint8 (n, 3, height, width).
    """
    with torch.no_grad():
        low = small.float() / 255
        pairs = torch.cat([bicubic(low), model(low).clamp(0, 1)], -1)
    pixels = (pairs * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    high, wide = pixels.shape[1] + 8, pixels.shape[2] + 8
    made = Image.new("RGB", (COLUMNS * wide, -(-len(pixels) // COLUMNS) * high), "white")
    for at, pair in enumerate(pixels):
        made.paste(Image.fromarray(pair), (at % COLUMNS * wide + 4, at // COLUMNS * high + 4))
    return made


def main() -> None:
    """Writes the folder; the sheet shows pictures by base and refiner of prompts that were held out."""
    model = trained_upscaler().cpu()
    write(model)
    prompts = [one.words for one in pictures.asked(SHOWN, seed=2, held=True)]
    sheet(model, pictures.Painter().paint(prompts, STEPS, seed=0)).save(FOLDER / "sheet.png")
    if (card := FOLDER / "README.md").exists():
        fill(card, "training", trained("upscaler"))


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
