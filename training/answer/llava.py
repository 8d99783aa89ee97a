"""Stage 2 of the answer model: projector and decoder learn to answer, while the tower goes on learning.

``python -m training.answer.llava --minutes 60 --threads 1`` trains, or goes on from the last checkpoint; ``--pack``
writes the folder that ``from_pretrained`` loads.
"""

import argparse
import json
import random
import shutil
import time
from collections import defaultdict
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoProcessor, LlavaForConditionalGeneration, LlavaProcessor

from training.answer.grounding import LAYER, WordHeads
from training.answer.packing import features_of, loss_of, pack, right_answers, scores, states
from training.answer.parts import new_model, new_processor
from training.answer.pictures import random_truth, scene_picture
from training.answer.talks import talks
from training.clip import vision
from training.clip.clip import trained_tower
from training.clip.dense import NAMES, Patches, patches
from training.learner import Learner
from training.world import packages
from training.world.icons import ALL_STYLES, Icons, load_icons

CHECKPOINT = packages.CACHE / "llava.pt"
PROCESSOR = packages.CACHE / "llava-processor"
EVERY = {"show": 30.0, "save": 120.0, "judge": 300.0}  # seconds
FOLDER = packages.BUNDLED / "emoji-llava"


def processor() -> LlavaProcessor:
    """The processor of this training: its tokenizer is learned once and kept."""
    if not PROCESSOR.exists():
        new_processor().save_pretrained(PROCESSOR)
    return AutoProcessor.from_pretrained(PROCESSOR)


def write(model: LlavaForConditionalGeneration, words: LlavaProcessor, folder: Path = FOLDER) -> None:
    """The folder in half precision, swapped in whole; its config asks for float32, which is what a CPU computes in."""
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    shutil.rmtree(new, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, new)  # card and vocabulary stay beside the weights
    half = LlavaForConditionalGeneration(model.config)
    half.load_state_dict(model.state_dict())
    half.generation_config = model.generation_config
    half.half().save_pretrained(new)
    words.save_pretrained(new)
    config = json.loads((new / "config.json").read_text())
    config["dtype"] = config["text_config"]["dtype"] = config["vision_config"]["dtype"] = "float32"
    (new / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (new / "model.safetensors").chmod(0o644)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


class Lesson:
    """The model, the throw-away patch heads and their optimizer, kept in one checkpoint."""

    def __init__(self, words: LlavaProcessor, device: str) -> None:
        self.words, self.device, self.step = words, device, 0
        self.many, self.claims = 7, 0.4
        tower, self.heads = trained_tower()
        self.heads.requires_grad_(True)
        self.model = new_model(words, tower).to(device)
        first = [words.tokenizer.encode(f" {name}")[0] for name in NAMES]
        self.first_tokens = torch.tensor(first, device=device)
        self.heads.to(device)
        if device == "cpu":  # a fifth faster here: the fused attention is slow on its way back
            self.model.model.vision_tower.set_attn_implementation("eager")
        self.found = WordHeads(self.model.config.text_config.hidden_size).to(device)
        self.learner = Learner(self.model, self.heads, self.found)
        if CHECKPOINT.exists():
            kept = torch.load(CHECKPOINT, map_location=device)
            self.model.load_state_dict(kept["model"])
            self.heads.load_state_dict(kept["heads"])
            self.found.load_state_dict(kept["found"])
            self.learner.load_state_dict(kept["learner"])
            self.step = kept["step"]

    def save(self) -> None:
        """One checkpoint of everything."""
        parts = {"model": self.model, "heads": self.heads, "found": self.found, "learner": self.learner}
        vision.save(CHECKPOINT, step=self.step, **{name: part.state_dict() for name, part in parts.items()})

    def learn(self, rng: random.Random, icons: Icons, rate: float, asked: tuple[int, int], whole: bool) -> str:
        """One step on pictures with questions, and more for the tower alone: ``asked``. Returns a line to print.

        Only when ``whole`` do the answers teach the tower too.
        """
        batch = [vision.random_picture(rng, icons) for _ in range(sum(asked))]
        shown = batch[: asked[0]]
        talk = [talks(rng, picture, self.many, self.claims) for picture in shown]
        packed = pack(self.words, talk, rng, shown).to(self.device)
        truth = Patches.stack([patches(picture) for picture in batch]).to(self.device)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            features = features_of(self.model, vision.as_input(batch, self.device))
            read = features[: asked[0]]
            deep = states(self.model, read if whole else read.detach(), packed)
            scored, target = scores(self.model, deep[-1], packed)
        answers = loss_of(scored, target, packed)
        look, right = self.heads.loss(features.float(), truth)
        named = self.named(features, truth)
        row, at, *_ = packed.words.T
        found, knew = self.found.loss(deep[LAYER][row, at].float(), packed.words[:, 2:])
        self.learner.step(answers + found + look + 0.5 * named, rate)
        self.step += 1
        fits = [one for row in right_answers(scored, target, packed) for one in row]
        return (
            f"step {self.step} answers {answers.item():.3f} right {sum(fits) / len(fits):.2f} "
            f"found {found.item():.2f} {knew:.2f} words {named.item():.2f} patches {look.item():.3f} "
            f"names {right.get('name', 0):.2f} styles {right.get('style', 0):.2f}"
        )

    def named(self, features: Tensor, truth: Patches) -> Tensor:
        """How far the projected patches are from the word for what they show.

        What the projector makes of a patch is asked to be that word for the decoder's output layer, which is its input
        layer too: seeing a thing then is like having read its name, and the decoder need not learn both apart.
        """
        thing = truth.name > 0
        seen = self.model.model.multi_modal_projector(features[thing].float())
        return functional.cross_entropy(self.model.lm_head(seen).float(), self.first_tokens[truth.name[thing]])

    @torch.no_grad()
    def accuracy(self, icons: Icons, many: int = 64) -> dict[str, float]:
        """Share of answers right to the letter on held-out scenes, by kind of question."""
        rng = random.Random(7)
        right: defaultdict[str, list[bool]] = defaultdict(list)
        for _ in range(many // 16):
            batch = [scene_picture(rng, icons, random_truth(rng, held=True), worn=False) for _ in range(16)]
            talk = [talks(rng, picture) for picture in batch]
            packed = pack(self.words, talk).to(self.device)
            features = features_of(self.model, vision.as_input(batch, self.device))
            got = right_answers(*scores(self.model, states(self.model, features, packed)[-1], packed), packed)
            for turns, fits in zip(talk, got, strict=True):
                for turn, fit in zip((turn for one in turns for turn in one), fits, strict=True):
                    right[turn.kind].append(fit)
        return {kind: round(sum(fits) / len(fits), 2) for kind, fits in sorted(right.items())}


def main() -> None:
    """Train for the minutes given, with a checkpoint every two minutes and the figures every five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--asked", type=int, default=16, help="pictures with questions in a step")
    parser.add_argument("--looked-at", type=int, default=32, help="pictures for the tower alone in a step")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--pack", action="store_true", help="only write the folder from the last checkpoint")
    parser.add_argument("--many", type=int, default=7, help="talks about a picture")
    parser.add_argument("--claims", type=float, default=0.4, help="share of questions answered by yes or no")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    lesson = Lesson(processor(), "cuda" if torch.cuda.is_available() else "cpu")
    lesson.many, lesson.claims = given.many, given.claims
    if given.pack:
        write(lesson.model, lesson.words)
        return
    rng, icons = random.Random(), load_icons(ALL_STYLES, 128)
    start = time.monotonic()
    due = dict(EVERY)
    while (elapsed := time.monotonic() - start) < given.minutes * 60:
        part = elapsed / (given.minutes * 60)
        rate = vision.rate(lesson.step, part, given.rate)
        line = lesson.learn(rng, icons, rate, (given.asked, given.looked_at), whole=part > 0.2)
        now = {kind: elapsed > at for kind, at in due.items()}
        if now["show"]:
            print(f"{elapsed:5.0f} s", line, flush=True)
        if now["save"]:
            lesson.save()
        if now["judge"]:
            print(lesson.accuracy(icons), flush=True)
        due = {kind: elapsed + EVERY[kind] if now[kind] else at for kind, at in due.items()}
    lesson.save()
    write(lesson.model, lesson.words)


if __name__ == "__main__":
    main()
