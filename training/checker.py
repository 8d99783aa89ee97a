"""The picture checker: the class of Stable Diffusion over the answer model's tower, with concepts of this world.

``python -m training.checker`` reads the tower of the answer model's checkpoint, freezes all its layers but the last,
and writes ``assets/models/emoji-checker``. Takes a few minutes.
"""

import argparse
import json
import random

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPTextConfig

from training import vision
from training.card import hashes
from training.icons import ALL_STYLES, Icons, load_icons, rasterise
from training.llava import CHECKPOINT
from training.packages import BUNDLED
from training.pictures import SIZE, Picture, nothing, scene_picture
from training.scenes import Scene, SceneObject, draw, random_scene, single
from training.shapes import shape_pictures
from training.splits import held_out

FOLDER = BUNDLED / "emoji-checker"
# Name -> slug in all four icon sets, and what kind of thing it is. The class has room for seventeen.
CONCEPTS = {
    "pistol": ("water-pistol", "weapons"),
    "bomb": ("bomb", "weapons"),
    "dagger": ("dagger", "weapons"),
    "crossed swords": ("crossed-swords", "weapons"),
    "axe": ("axe", "weapons"),
    "kitchen knife": ("kitchen-knife", "weapons"),
    "beer": ("beer-mug", "alcohol and tobacco"),
    "clinking beers": ("clinking-beer-mugs", "alcohol and tobacco"),
    "wine": ("wine-glass", "alcohol and tobacco"),
    "cocktail": ("cocktail-glass", "alcohol and tobacco"),
    "whisky": ("tumbler-glass", "alcohol and tobacco"),
    "champagne": ("bottle-with-popping-cork", "alcohol and tobacco"),
    "cigarette": ("cigarette", "alcohol and tobacco"),
    "drop of blood": ("drop-of-blood", "blood and skulls"),
    "skull": ("skull", "blood and skulls"),
    "skull and crossbones": ("skull-and-crossbones", "blood and skulls"),
    "middle finger": ("middle-finger", "rude gestures"),
}
NAMES = tuple(CONCEPTS)
THRESHOLD = 0.5  # cosine from which a concept counts as seen


def concept_icons(styles: tuple[str, ...] = ALL_STYLES, size: int = 128) -> Icons:
    """The drawings of the concepts: (name, style) -> RGBA (size, size, 4)."""
    return {(name, style): rasterise(style, slug, size) for name, (slug, _) in CONCEPTS.items() for style in styles}


def example(rng: random.Random, icons: Icons, held: bool = False) -> tuple[Picture, Tensor]:
    """A picture with one of the concepts, or every second time with none, and which it is: (17,) of 0 and 1."""
    truth = torch.zeros(len(NAMES))
    if not held and rng.random() < 0.1:
        return (nothing(rng) if rng.random() < 0.5 else rng.choice(shape_pictures("train"))), truth
    while True:
        style = rng.choice(ALL_STYLES)
        scene = random_scene(rng, rng.choice((1, 1, 2, 3, 4)), (style,), two_colours=0.15)
        if rng.random() < 0.5:
            wanted = rng.choice(NAMES)
            first, *others = scene.objects
            scene = Scene((SceneObject(wanted, style, first.box), *others), scene.grounds, scene.layout)
        if held_out(scene) == held:
            break
    for item in scene.objects:
        if item.concept in CONCEPTS:
            truth[NAMES.index(item.concept)] = 1
    return scene_picture(rng, icons, scene, worn=not held), truth


def new_checker() -> StableDiffusionSafetyChecker:
    """The checker over the answer model's tower; its concepts are not learned yet, special care is switched off."""
    config = CLIPConfig(
        text_config=CLIPTextConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=1).to_dict(),
        vision_config=vision.tower().config.to_dict(), projection_dim=128,
    )  # fmt: skip
    checker = StableDiffusionSafetyChecker(config)
    kept = torch.load(CHECKPOINT, map_location="cpu")["model"]
    name = "model.vision_tower."
    checker.vision_model.load_state_dict({k.removeprefix(name): v for k, v in kept.items() if k.startswith(name)})
    with torch.no_grad():
        checker.concept_embeds.normal_()
        checker.concept_embeds_weights.fill_(THRESHOLD)
        checker.special_care_embeds.zero_()
        checker.special_care_embeds_weights.fill_(1.0)
    return checker


def cosines(checker: StableDiffusionSafetyChecker, pixels: Tensor) -> Tensor:
    """How near each picture is to each concept: (batch, 17)."""
    seen = checker.visual_projection(checker.vision_model(pixels).pooler_output)
    return functional.normalize(seen, dim=-1) @ functional.normalize(checker.concept_embeds, dim=-1).T


@torch.no_grad()
def figures(checker: StableDiffusionSafetyChecker, icons: Icons, many: int = 800) -> dict[str, float]:
    """On held-out combinations: share of the concepts found, by kind, and of harmless pictures that are flagged."""
    rng = random.Random(5)
    batch = [example(rng, icons, held=True) for _ in range(many)]
    seen = torch.cat(
        [cosines(checker, vision.as_input([p for p, _ in batch[at : at + 50]], "cpu")) for at in range(0, many, 50)]
    )
    found, truth = seen > THRESHOLD, torch.stack([one for _, one in batch]) > 0
    kinds = np.array([kind for _, kind in CONCEPTS.values()])
    rows = {
        f"recall, {kind}": (found & truth)[:, kinds == kind].sum() / truth[:, kinds == kind].sum()
        for kind in dict.fromkeys(kinds)
    }
    rows["recall"] = (found & truth).sum() / truth.sum()
    rows["harmless pictures flagged"] = found[~truth.any(1)].any(1).float().mean()
    rows["harmful pictures flagged"] = found[truth.any(1)].any(1).float().mean()
    return {name: round(float(value), 4) for name, value in rows.items()}


def learn(checker: StableDiffusionSafetyChecker, icons: Icons, steps: int) -> None:
    """Fit the tower's last layer, the projection and the concepts, so that a cosine above the threshold means seen."""
    *_, last = checker.vision_model.encoder.layers
    parts = [last, checker.vision_model.post_layernorm, checker.visual_projection]
    fitted = [*(one for part in parts for one in part.parameters()), checker.concept_embeds]
    checker.requires_grad_(False)
    for one in fitted:
        one.requires_grad_(True)
    learner = torch.optim.AdamW(fitted, weight_decay=0.01)
    rng = random.Random()
    for step in range(steps):
        for group in learner.param_groups:
            group["lr"] = vision.rate(step, step / steps, 1.5e-3, warm=30)
        batch = [example(rng, icons) for _ in range(64)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            seen = cosines(checker, vision.as_input([picture for picture, _ in batch], "cpu"))
        truth = torch.stack([one for _, one in batch])
        loss = functional.binary_cross_entropy_with_logits(
            (seen.float() - THRESHOLD) * 20, truth, pos_weight=torch.tensor(3.0)
        )
        learner.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(fitted, 1.0)
        learner.step()
        if step % 25 == 0:
            print(f"step {step} loss {loss.item():.4f}", flush=True)
    checker.requires_grad_(False)


def write(checker: StableDiffusionSafetyChecker, icons: Icons, measured: dict[str, float]) -> None:
    """The folder: half-precision weights that load in float32, concepts in their order, one canary picture of each."""
    canaries = FOLDER / "canaries"
    canaries.mkdir(parents=True, exist_ok=True)
    pictures = {name: single(name, "flat", "white") for name in NAMES} | {
        "harmless": single("sunflower", "flat", "blue")
    }
    for name, scene in pictures.items():
        Image.fromarray(draw(scene, icons, SIZE)).save(canaries / f"{name.replace(' ', '-')}.png")
    rows = [
        {"name": name, "category": kind, "threshold": THRESHOLD, "canary": f"canaries/{name.replace(' ', '-')}.png"}
        for name, (_, kind) in CONCEPTS.items()
    ]
    about = {"concepts": rows, "harmless": ["canaries/harmless.png"], "figures": measured}
    (FOLDER / "concepts.json").write_text(json.dumps(about, indent=1) + "\n")
    checker.half().save_pretrained(FOLDER)
    config = json.loads((FOLDER / "config.json").read_text())
    (FOLDER / "config.json").write_text(json.dumps({**config, "dtype": "float32"}, indent=2) + "\n")
    (FOLDER / "model.safetensors").chmod(0o644)
    side = {"height": SIZE, "width": SIZE}
    CLIPImageProcessorPil(size=side, crop_size=side, do_center_crop=False, resample=3).save_pretrained(FOLDER)
    (FOLDER / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in hashes(FOLDER).items()))


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    icons = load_icons(ALL_STYLES, 128) | concept_icons()
    checker = new_checker()
    learn(checker, icons, given.steps)
    measured = figures(checker.float().eval(), icons)
    print(measured)
    write(checker, icons, measured)


if __name__ == "__main__":
    main()
