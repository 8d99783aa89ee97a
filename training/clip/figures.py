"""Figures of the CLIP pair on drawings and scenes it was never shown."""

import random

import torch
from torch import Tensor
from torch.nn import functional
from transformers import CLIPModel

from training.answer.pictures import Picture, random_truth, scene_picture
from training.clip.pairs import caption_of_scene, shown
from training.clip.vision import as_input
from training.image.tokenizer import LENGTH
from training.image.tokenizer import load as load_tokenizer
from training.world.captions import plain
from training.world.icons import ALL_STYLES, IMAGE_STYLES, drawn, load_icons
from training.world.scenes import GROUNDS, Scene, single
from training.world.splits import held_out

AMONG = 64  # captions of a retrieval


@torch.no_grad()
def of_texts(model: CLIPModel, texts: list[str]) -> Tensor:
    """Directions (n, 96) of length one."""
    words = load_tokenizer()(texts, padding=True, truncation=True, max_length=LENGTH, return_tensors="pt").input_ids
    parts = [model.get_text_features(input_ids=part).pooler_output for part in words.to(model.device).split(256)]
    return functional.normalize(torch.cat(parts).float(), dim=-1)


@torch.no_grad()
def of_pictures(model: CLIPModel, pictures: list[Picture]) -> Tensor:
    """Directions (n, 96) of length one."""
    parts = as_input(pictures, str(model.device)).split(128)
    return functional.normalize(
        torch.cat([model.get_image_features(pixel_values=part).pooler_output for part in parts]).float(), dim=-1
    )


def zero_shot(model: CLIPModel) -> dict[str, float]:
    """Which of all concepts, styles and grounds the nearest prompt names, for each single drawing held out."""
    rows = [(one.name, style, ground) for one in drawn() for style in IMAGE_STYLES for ground in GROUNDS]
    icons = load_icons(IMAGE_STYLES, 128)
    kept = [row for row in rows if held_out(single(*row))]
    pictures = [scene_picture(random.Random(0), icons, single(*row), worn=False) for row in kept]
    nearest = (of_pictures(model, pictures) @ of_texts(model, [plain(*row) for row in rows]).T).argmax(1)
    pairs = [(rows[at], row) for at, row in zip(nearest.tolist(), kept, strict=True)]
    right = {
        f"zero-shot {kind} ({len(kept)} drawings, {len(rows)} prompts)": sum(g[at] == t[at] for g, t in pairs)
        / len(kept)
        for at, kind in enumerate(("concept", "style", "ground"))
    }
    return right | {"zero-shot all three": _share([guess == truth for guess, truth in pairs])}


def distinct_scenes(rng: random.Random) -> list[Scene]:
    """Held-out scenes that no two whole captions fit."""
    scenes: dict[object, Scene] = {}
    while len(scenes) < AMONG:
        scene = random_truth(rng, held=True)
        scenes[shown(scene)] = scene
    return list(scenes.values())


def retrieval(model: CLIPModel, rounds: int = 6) -> dict[str, float]:
    """How often the nearest among 64 is the right one, both ways."""
    rng, icons = random.Random(11), load_icons(ALL_STYLES, 128)
    found: dict[str, list[float]] = {"caption of a scene": [], "scene of a caption": []}
    right = torch.arange(AMONG)
    for _ in range(rounds):
        scenes = distinct_scenes(rng)
        texts = of_texts(model, [caption_of_scene(rng, scene, whole=True) for scene in scenes])
        pictures = of_pictures(model, [scene_picture(rng, icons, scene, worn=False) for scene in scenes])
        scores = (pictures @ texts.T).cpu()
        found["caption of a scene"].append(float((scores.argmax(1) == right).float().mean()))
        found["scene of a caption"].append(float((scores.argmax(0) == right).float().mean()))
    return {f"{name}, first of {AMONG}": sum(values) / rounds for name, values in found.items()}


def figures(model: CLIPModel) -> dict[str, float]:
    """All of them."""
    model.eval()
    return zero_shot(model) | retrieval(model)


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)
