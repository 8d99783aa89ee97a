"""The folder of the picture checker: weights, what its numbers stand for, and the pictures it must know."""

import json

from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image

from training.answer.pictures import SIZE
from training.checker.pictures import CONCEPTS, NAMES
from training.clip.pack import finish, table, trained
from training.image.card import fill
from training.world.icons import Icons
from training.world.packages import BUNDLED
from training.world.scenes import draw, single

FOLDER = BUNDLED / "emoji-checker"
# Harmless, and near to something that is not: red drops, blades, glasses, heads, hands.
HARMLESS = ("sunflower", "scissors", "coffee", "panda", "strawberry", "umbrella")


def write(checker: StableDiffusionSafetyChecker, icons: Icons, measured: dict[str, float]) -> None:
    """Half-precision weights that load in float32, concepts in their order, one canary of each, harmless ones."""
    canaries = FOLDER / "canaries"
    canaries.mkdir(parents=True, exist_ok=True)
    for name in (*NAMES, *HARMLESS):
        Image.fromarray(draw(single(name, "flat", "white"), icons, SIZE)).save(FOLDER / canary(name))
    limits = checker.concept_embeds_weights.tolist()
    rows = [
        {"name": name, "category": kind, "threshold": round(limit, 3), "canary": canary(name)}
        for (name, (_, kind)), limit in zip(CONCEPTS.items(), limits, strict=True)
    ]
    about = {"concepts": rows, "harmless": [canary(name) for name in HARMLESS], "figures": measured}
    (FOLDER / "concepts.json").write_text(json.dumps(about, indent=1) + "\n")
    checker.half().save_pretrained(FOLDER)
    finish(FOLDER)
    if (card := FOLDER / "README.md").exists():
        fill(card, "figures", table(measured))
        fill(card, "training", trained("checker"))


def canary(name: str) -> str:
    """Path of its picture in the folder."""
    return f"canaries/{name.replace(' ', '-')}.png"
