"""The folder of the CLIP pair: ``python -m training.clip.pack`` measures the last checkpoint and writes it."""

import argparse
import json
from pathlib import Path

from transformers import CLIPImageProcessorPil, CLIPModel

from training.answer.pictures import SIZE
from training.clip.clip import trained_clip
from training.clip.figures import figures
from training.image.card import fill
from training.image.tokenizer import load as load_tokenizer
from training.progress import load
from training.sums import write_sums
from training.world.packages import BUNDLED

FOLDER = BUNDLED / "emoji-clip"


def write(model: CLIPModel, folder: Path = FOLDER) -> None:
    """Half-precision weights that load in float32, with tokenizer and image processor."""
    folder.mkdir(parents=True, exist_ok=True)
    half = CLIPModel(model.config)
    half.load_state_dict(model.state_dict())
    half.half().save_pretrained(folder)
    finish(folder)
    load_tokenizer().save_pretrained(folder)


def finish(folder: Path) -> None:
    """Config that asks for float32, which is what a CPU computes in; the image processor; the hash of the weights."""
    config = json.loads((folder / "config.json").read_text())
    for part in (config, config["text_config"], config["vision_config"]):
        part["dtype"] = "float32"
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "model.safetensors").chmod(0o644)
    side = {"height": SIZE, "width": SIZE}
    CLIPImageProcessorPil(size=side, crop_size=side, do_center_crop=False, resample=3).save_pretrained(folder)
    write_sums(folder)


def table(measured: dict[str, float]) -> str:
    """The figures as a table for the card."""
    return "\n".join(
        ["| what | share |", "|---|---|", *(f"| {name} | {value:.3f} |" for name, value in measured.items())]
    )


def trained(stage: str) -> str:
    """How long a stage took, as a sentence for the card."""
    state = load(stage)
    return f"{state['step']:,} steps in {state['seconds'] / 60:.0f} minutes on one core of a shared machine."


def main() -> None:
    """Measures and writes."""
    model = trained_clip()
    measured = figures(model)
    write(model)
    card = FOLDER / "README.md"
    if card.exists():
        fill(card, "figures", table(measured))
        fill(card, "training", trained("clip"))
    for name, value in measured.items():
        print(f"{name}: {value:.4f}")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
