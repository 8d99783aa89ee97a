"""The picture checker: the class of Stable Diffusion over the CLIP tower, with named concepts of this world.

``python -m training.checker.checker --minutes 8 --threads 1`` begins with the tower of ``clip.pt``, trains it, chooses
a threshold for each concept on one half of the held-out combinations, measures on the other half, and writes
``assets/models/emoji-checker``. ``checker.pt`` holds ``model`` and its average ``mean``.

Source: the concepts as directions with a threshold each are Stable Diffusion's checker (Rando et al. 2022,
arXiv 2210.04610, section 2).
"""

import argparse
import random

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPTextConfig

from training.answer.pictures import SIZE, Picture
from training.checker import figures as checker_figures
from training.checker import pack as checker_pack
from training.checker.pictures import NAMES, Example, concept_icons, example, other_icons, other_slugs, shown
from training.clip import vision
from training.clip.clip import trained_clip
from training.image.networks import TEXT_WIDTH
from training.learner import Learner
from training.progress import Stage, autocast, average, averaged, device, load, options
from training.world.icons import ALL_STYLES, Icons, load_icons
from training.world.scenes import draw, single

BATCH = 64
PEAK = 1e-3
MIDDLE, STEEPNESS = 0.5, 20.0  # of the cosine, in training; the thresholds are chosen afterwards


def new_checker() -> StableDiffusionSafetyChecker:
    """The checker, untrained; its special care, which lowers all thresholds at once, is switched off."""
    text = CLIPTextConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=1)  # asked for, never built
    config = CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.tower().config.to_dict(), projection_dim=TEXT_WIDTH
    )
    checker = StableDiffusionSafetyChecker(config)
    with torch.no_grad():
        checker.concept_embeds.normal_()
        checker.concept_embeds_weights.fill_(MIDDLE)
        checker.special_care_embeds.zero_()
        checker.special_care_embeds_weights.fill_(1.0)
    return checker


def start(checker: StableDiffusionSafetyChecker, icons: Icons) -> None:
    """Takes over the CLIP tower; each concept begins as the mean direction of its drawings."""
    clip = trained_clip()
    checker.vision_model.load_state_dict(clip.vision_model.state_dict())
    checker.visual_projection.load_state_dict(clip.visual_projection.state_dict())
    with torch.no_grad():
        means = []
        for name in NAMES:
            scenes = [single(name, style, ground) for style in ALL_STYLES for ground in ("white", "black", "green")]
            pictures = [shown(scene, draw(scene, icons, SIZE)) for scene in scenes]
            means.append(functional.normalize(embedded(checker, as_input(pictures, "cpu")), dim=-1).mean(0))
        centred = torch.stack(means) - torch.stack(means).mean(0)
        checker.concept_embeds.copy_(functional.normalize(centred, dim=-1))


def as_input(batch: list[Example], place: str) -> Tensor:
    """Pixels as the tower takes them: (batch, 3, 64, 64)."""
    return vision.as_input([Picture(one.pixels) for one in batch], place)


def embedded(checker: StableDiffusionSafetyChecker, pixels: Tensor) -> Tensor:
    """Where the class compares: (batch, 96)."""
    seen: Tensor = checker.visual_projection(checker.vision_model(pixels).pooler_output)
    return seen


def cosines(seen: Tensor, concepts: Tensor) -> Tensor:
    """How near each picture is to each concept: (batch, 17)."""
    return functional.normalize(seen.float(), dim=-1) @ functional.normalize(concepts.float(), dim=-1).T


class Lesson:
    """One step: the cosines learn to tell the concepts, a throw-away head on the patches to tell where they are."""

    def __init__(self, checker: StableDiffusionSafetyChecker, place: torch.device) -> None:
        self.checker, self.place = checker, place
        width = checker.vision_model.config.hidden_size
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 1 + len(NAMES))).to(place)
        checker.concept_embeds.requires_grad_(True)
        self.learner = Learner(checker, self.read)

    def learn(self, batch: list[Example], rate: float) -> dict[str, float]:
        """One step down."""
        truth = torch.stack([one.truth for one in batch]).to(self.place)
        patches = torch.stack([one.patches for one in batch]).to(self.place)
        with autocast(self.place):
            seen = self.checker.vision_model(as_input(batch, str(self.place)))
            where = self.read(seen.last_hidden_state[:, 1:])
            pooled = self.checker.visual_projection(seen.pooler_output)
        near = cosines(pooled, self.checker.concept_embeds)
        told = functional.binary_cross_entropy_with_logits(
            (near - MIDDLE) * STEEPNESS, truth, pos_weight=truth.new_tensor(2.0)
        )
        look = functional.cross_entropy(where.float().flatten(0, 1), patches.flatten())
        self.learner.step(10 * told + look, rate)
        found = near > MIDDLE
        return {
            "told": float(told.detach()),
            "where": float(look.detach()),
            "recall": float((found & (truth > 0)).sum() / truth.sum().clamp(min=1)),
            "alarms": float(found[~truth.bool().any(1)].any(1).float().mean()),
        }


def trained_checker() -> StableDiffusionSafetyChecker:
    """The averaged weights of the last checkpoint, thresholds not chosen yet."""
    checker = new_checker()
    checker.load_state_dict(load("checker")["mean"])
    return checker.eval().requires_grad_(False)


def arguments() -> argparse.Namespace:
    """The options of this stage."""
    parser = options("the picture checker", minutes=8)
    parser.add_argument("--pack", action="store_true", help="only choose thresholds, measure and write the folder")
    return parser.parse_args()


def train(given: argparse.Namespace, icons: Icons) -> None:
    """Trains for the minutes given."""
    torch.manual_seed(0)
    place, count = device(), given.batch or BATCH
    checker = new_checker()
    start(checker, icons)
    if place.type == "cpu":  # a fifth faster here: the fused attention is slow on its way back
        checker.vision_model.set_attn_implementation("eager")
    checker.to(place)
    mean, lesson, (others, _) = averaged(checker), Lesson(checker, place), other_slugs()
    parts = {"model": checker, "mean": mean, "read": lesson.read, "learner": lesson.learner}
    stage = Stage("checker", given, parts)
    rng = random.Random(stage.step)
    while not stage.done:
        losses = lesson.learn([example(rng, icons, others) for _ in range(count)], stage.rate(PEAK, 25))
        average(mean, checker, 0.99, stage.step)
        stage.tick(losses, count)
    stage.save()


def main() -> None:
    """Trains, chooses the thresholds, measures and writes."""
    given = arguments()
    icons = load_icons(ALL_STYLES, 128) | concept_icons() | other_icons()
    if not given.pack:
        train(given, icons)
    torch.set_num_threads(given.threads)
    checker = trained_checker()
    checker_figures.choose_thresholds(checker, icons)
    measured = checker_figures.figures(checker, icons)
    for name, value in measured.items():
        print(f"{name:60} {value:.4f}")
    checker_pack.write(checker, icons, measured)


if __name__ == "__main__":
    main()
