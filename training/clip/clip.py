"""Stage 1: the CLIP pair, root of the other models: the text tower of the image model, the vision tower of the others.

``python -m training.clip.clip --minutes 9 --threads 1`` trains; ``--start-from-others`` begins with the towers that the
answer model and the image model have already, where their checkpoints are. ``clip.pt`` holds ``model`` and its average
``mean`` (both of a ``CLIPModel``), and ``heads`` with ``mean_heads``, which read what each patch shows.

Source: Radford et al. 2021 (arXiv 2103.00020). Several captions may be true of a picture, so the targets are shared
among all that are (Khosla et al. 2020, arXiv 2004.11362); the patches' own supervision is ours.
"""

import argparse
import random
import time
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModel

from training.answer.pictures import Picture, nothing, wear
from training.clip import figures as clip_figures
from training.clip import vision
from training.clip.dense import Patches, PatchHeads, patches
from training.clip.pairs import Pair, fitting, pairs
from training.image.networks import TEXT_WIDTH, text_config, text_encoders
from training.image.tokenizer import LENGTH
from training.image.tokenizer import load as load_tokenizer
from training.learner import Learner
from training.progress import Stage, autocast, average, averaged, device, load, options
from training.world.icons import ALL_STYLES, load_icons
from training.world.packages import CACHE
from training.world.shapes import shape_pictures

BATCH = 96
PEAK = 1.5e-3
OTHERS = 8  # pictures of shapes and of nothing in a step; only their patches teach


def new_clip() -> CLIPModel:
    """Both towers untrained, at the width of the text tower: 2.3 M parameters."""
    text = text_config(load_tokenizer(), LENGTH)
    config = CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.tower().config.to_dict(), projection_dim=TEXT_WIDTH
    )
    model = CLIPModel(config)
    _, encoder = text_encoders(text)  # their starting weights suit the short training
    model.load_state_dict(encoder.state_dict(), strict=False)
    return model


def start_from_others(model: CLIPModel, heads: PatchHeads) -> list[str]:
    """Takes over towers that others trained, where they are; tells whose."""
    taken = []
    if (CACHE / "llava.pt").exists():
        state = load("llava")
        model.vision_model.load_state_dict(_under(state["model"], "model.vision_tower."))
        heads.load_state_dict(state["heads"])
        taken.append("vision tower of the answer model")
    if (CACHE / "base.pt").exists():
        model.load_state_dict(_under(load("base")["mean"], "text_2."), strict=False)
        taken.append("text tower of the image model")
    return taken


def _under(state: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def trained_clip() -> CLIPModel:
    """The averaged pair of the last checkpoint."""
    model = new_clip()
    model.load_state_dict(load("clip")["mean"])
    return model.eval()


def trained_text_encoder() -> CLIPTextModelWithProjection:
    """Its text tower, as the image model's ``text_encoder_2``."""
    model = trained_clip()
    encoder = CLIPTextModelWithProjection(model.config.text_config)
    encoder.text_model.load_state_dict(model.text_model.state_dict())
    encoder.text_projection.load_state_dict(model.text_projection.state_dict())
    return encoder.eval()


def trained_tower() -> tuple[CLIPVisionModel, PatchHeads]:
    """Its vision tower, and the heads that read its patches."""
    tower, heads = vision.tower(), PatchHeads(vision.tower().config.hidden_size)
    tower.load_state_dict(trained_clip().vision_model.state_dict())
    heads.load_state_dict(load("clip")["mean_heads"])
    return tower.eval(), heads.eval()


def tokens(tokenizer: CLIPTokenizer, texts: list[str]) -> Tensor:
    """Token ids (batch, longest), at most ``LENGTH``."""
    ids: Tensor = tokenizer(texts, padding=True, truncation=True, max_length=LENGTH, return_tensors="pt").input_ids
    return ids


def contrast(scores: Tensor, fits: Tensor) -> Tensor:
    """Cross-entropy both ways between scores (pictures, captions) and the captions that fit, equally shared."""
    by_picture = functional.cross_entropy(scores, fits / fits.sum(1, keepdim=True))
    by_caption = functional.cross_entropy(scores.T, fits.T / fits.T.sum(1, keepdim=True))
    return (by_picture + by_caption) / 2


class Lesson:
    """One step of both losses."""

    def __init__(self, model: CLIPModel, heads: PatchHeads, place: torch.device) -> None:
        self.model, self.heads, self.place = model, heads, place
        self.icons, self.tokenizer = load_icons(ALL_STYLES, 128), load_tokenizer()
        self.learner = Learner(model, heads)
        self.drawing = 0.0  # seconds spent on making batches

    def others(self, rng: random.Random) -> list[Picture]:
        """Shapes and pictures of nothing, which the answer model meets too."""
        made = [rng.choice(shape_pictures("train")) for _ in range(OTHERS - 2)]
        worn = [replace(one, pixels=wear(rng, one.pixels)) for one in made]
        return [*worn, nothing(rng), nothing(rng)]

    def learn(self, rng: random.Random, count: int, rate: float) -> dict[str, float]:
        """Draws a batch, and goes one step down."""
        began = time.perf_counter()
        batch: list[Pair] = pairs(rng, self.icons, count)
        shown = [pair.picture for pair in batch] + self.others(rng)
        ids = tokens(self.tokenizer, [pair.caption for pair in batch]).to(self.place)
        fits = fitting(batch).to(self.place)
        truth = Patches.stack([patches(picture) for picture in shown]).to(str(self.place))
        pixels = vision.as_input(shown, str(self.place))
        self.drawing += time.perf_counter() - began
        with autocast(self.place):
            seen = self.model.vision_model(pixels)
            image = self.model.visual_projection(seen.pooler_output[: len(batch)])
            text = self.model.get_text_features(input_ids=ids).pooler_output
        scale = self.model.logit_scale.exp().clamp(max=100)
        scores = scale * functional.normalize(image.float(), dim=-1) @ functional.normalize(text.float(), dim=-1).T
        match = contrast(scores, fits)
        look, right = self.heads.loss(seen.last_hidden_state[:, 1:].float(), truth)
        self.learner.step(match + 0.5 * look, rate)
        best = fits.gather(1, scores.argmax(1, keepdim=True)).mean()
        return {
            "match": float(match.detach()),
            "found": float(best),
            "patches": float(look.detach()),
            "names": right.get("name", 0.0),
            "scale": float(scale.detach()),
        }


def arguments() -> argparse.Namespace:
    """The options of this stage."""
    parser = options("the CLIP pair", minutes=20)
    parser.add_argument("--start-from-others", action="store_true", help="begin with towers trained elsewhere")
    return parser.parse_args()


def main() -> None:
    """Trains, measures on drawings never shown, and prints the figures."""
    given = arguments()
    torch.manual_seed(0)
    place, count = device(), given.batch or BATCH
    model = new_clip()
    heads = PatchHeads(model.config.vision_config.hidden_size)
    taken = start_from_others(model, heads) if given.start_from_others else []
    if place.type == "cpu":  # a fifth faster here: the fused attention is slow on its way back
        model.set_attn_implementation("eager")
    model.to(place)
    heads.to(place)
    mean, mean_heads = averaged(model), averaged(heads)
    lesson = Lesson(model, heads, place)
    parts: dict[str, nn.Module | Learner] = {"model": model, "mean": mean, "heads": heads, "mean_heads": mean_heads}
    stage = Stage("clip", given, {**parts, "learner": lesson.learner})
    stage.say(f"starts with: {', '.join(taken) or 'nothing'}")
    rng = random.Random(stage.step)
    while not stage.done:
        losses = lesson.learn(rng, count, stage.rate(PEAK, 25))
        average(mean, model, 0.99, stage.step)
        average(mean_heads, heads, 0.99, stage.step)
        stage.tick(losses | {"drawing": lesson.drawing / (stage.seconds - stage.before)}, count)
    stage.save()
    for name, value in clip_figures.figures(mean).items():
        stage.say(f"{name}: {value:.4f}")


if __name__ == "__main__":
    main()
