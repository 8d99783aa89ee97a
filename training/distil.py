"""The base in four steps: latent consistency distillation of its UNet, with the guidance baked in.

The student begins as the teacher. From a noisy latent, the teacher goes one step of the probability flow towards the
picture, with guidance; what the student makes of the two ends is asked to be the same picture. The far end is judged by
a slowly moving copy of the student.

Source: Luo et al. 2023 (arXiv 2310.04378), algorithm 1, with one fixed guidance; the teacher's steps are DDIM's
(Song et al. 2021, arXiv 2010.02502) in terms of velocity, so that they begin at pure noise.
"""

import argparse
import random
from typing import Any

import torch
from diffusers import LCMScheduler, StableDiffusionXLPipeline
from torch import Tensor, nn

from training.base import KINDS, WEIGHTS, time_ids, trained_base
from training.couples import caption, trained_couples
from training.diffusion import captions, encode_words, noised, signal_levels, tokens
from training.learner import Learner
from training.networks import scheduler
from training.pack import MODELS, base_pipeline, save
from training.packages import CACHE
from training.progress import Stage, autocast, average, averaged, device, load, options
from training.singles import singles
from training.tokenizer import load as load_tokenizer

FOLDER = MODELS / "fast"
GRID = 50  # steps of the teacher from noise to picture; the student's own are among them
STRIDE = 1000 // GRID
PEAK = 2e-4
SLOWLY = 0.95  # of the far end's judge
HUBER = 0.03  # where the loss turns from squared to absolute


def few_steps() -> LCMScheduler:
    """The base's noise, sampled as consistency models are: picture, noise again, picture."""
    kept = scheduler().config
    names = ("beta_start", "beta_end", "beta_schedule", "prediction_type", "rescale_betas_zero_snr")
    return LCMScheduler(original_inference_steps=GRID, **{name: kept[name] for name in names})


def picture_of(noisy: Tensor, velocity: Tensor, level: Tensor) -> Tensor:
    """The latent a velocity points to, for cumulative alphas ``level`` (batch,)."""
    signal, spread = (part.sqrt()[:, None, None, None] for part in (level, 1 - level))
    return signal * noisy - spread * velocity


def towards(noisy: Tensor, velocity: Tensor, level: Tensor, nearer: Tensor) -> Tensor:
    """One step of DDIM from ``level`` to ``nearer``, both cumulative alphas (batch,)."""
    signal, spread = (part.sqrt()[:, None, None, None] for part in (level, 1 - level))
    clean, noise = signal * noisy - spread * velocity, signal * velocity + spread * noisy
    return nearer.sqrt()[:, None, None, None] * clean + (1 - nearer).sqrt()[:, None, None, None] * noise


def apart(made: Tensor, wanted: Tensor) -> Tensor:
    """Pseudo-Huber distance. Source: Song and Dhariwal 2023 (arXiv 2310.14189), section 3.3."""
    return ((made - wanted).square() + HUBER**2).sqrt().mean() - HUBER


class Examples:
    """Latents with their words, as the base met them."""

    def __init__(self, rng: random.Random, place: torch.device) -> None:
        self.rng, self.place = rng, place
        self.latents: dict[str, Tensor] = torch.load(CACHE / "latents.pt", weights_only=True)
        self.side = self.latents["square"].shape[-1]
        self.data, self.couples = singles(4 * self.side), trained_couples()
        self.trained = self.data.trained.nonzero()[:, 0]

    def batch(self, count: int) -> tuple[Tensor, list[str]]:
        """Latents (count, 4, height, width) and a caption of each."""
        kind = self.rng.choices(KINDS, WEIGHTS)[0]
        if kind == "couples":
            rows = torch.randint(len(self.couples), (count,))
            texts = [caption(self.rng, self.couples[row]) for row in rows.tolist()]
        else:
            rows = self.trained[torch.randint(len(self.trained), (count,))]
            texts = captions(self.data, rows.tolist(), self.rng)
        return self.latents[kind][rows].to(self.place), texts


class Teacher:
    """The base, which no longer learns: its words and its guided velocity."""

    def __init__(self, model: nn.ModuleDict, guidance: float, place: torch.device) -> None:
        model.to(place).eval().requires_grad_(False)
        self.guidance = guidance
        self.unet, self.encoders = model["unet"], [model["text"], model["text_2"]]
        self.tokenizer, self.place = load_tokenizer(), place

    def words(self, texts: list[str], latents: Tensor) -> dict[str, Any]:
        """What the UNet is told beside the latents and the timestep."""
        hidden, pooled = encode_words(self.encoders, tokens(texts, self.tokenizer).to(self.place))
        height, width = (4 * edge for edge in latents.shape[-2:])
        sizes = time_ids(height, width, len(texts)).to(self.place)
        return {"encoder_hidden_states": hidden, "added_cond_kwargs": {"text_embeds": pooled, "time_ids": sizes}}

    def velocity(self, noisy: Tensor, times: Tensor, told: dict[str, Any]) -> Tensor:
        """With and without the words in one pass; where nothing is asked, the words are zeros."""
        hidden, added = told["encoder_hidden_states"], told["added_cond_kwargs"]
        both = self.unet(
            torch.cat([noisy] * 2), torch.cat([times] * 2),
            encoder_hidden_states=torch.cat([torch.zeros_like(hidden), hidden]),
            added_cond_kwargs={
                "text_embeds": torch.cat([torch.zeros_like(added["text_embeds"]), added["text_embeds"]]),
                "time_ids": torch.cat([added["time_ids"]] * 2),
            },
        ).sample.float()  # fmt: skip
        unasked, asked = both.chunk(2)
        return unasked + self.guidance * (asked - unasked)


class Lesson:
    """The student, the slow copy that judges the far end, and their teacher."""

    def __init__(self, teacher: Teacher, place: torch.device) -> None:
        self.teacher, self.place, self.levels = teacher, place, signal_levels(place)
        self.student = averaged(teacher.unet).train().requires_grad_(True)
        self.slow, self.learner = averaged(self.student), Learner(self.student)

    def learn(self, latents: Tensor, texts: list[str], rate: float, step: int) -> float:
        """One step down. Returns the loss."""
        at = torch.randint(1, GRID + 1, (len(texts),), device=self.place)  # 50 is pure noise
        times, nearer = at * STRIDE - 1, (at - 1) * STRIDE - 1
        level = self.levels[times]
        next_level = torch.where(nearer < 0, torch.ones_like(level), self.levels[nearer.clamp_min(0)])
        noisy, _ = noised(latents, torch.randn_like(latents), level)
        with torch.no_grad(), autocast(self.place):
            told = self.teacher.words(texts, latents)
            stepped = towards(noisy, self.teacher.velocity(noisy, times, told), level, next_level)
            far = self.slow(stepped, nearer.clamp_min(0), **told).sample.float()
            # at the very end nothing is left to be guessed: the teacher's step is the picture
            wanted = torch.where((nearer < 0)[:, None, None, None], stepped, picture_of(stepped, far, next_level))
        with autocast(self.place):
            near = self.student(noisy, times, **told).sample
        loss = apart(picture_of(noisy, near.float(), level), wanted)
        self.learner.step(loss, rate)
        average(self.slow, self.student, SLOWLY, step)
        return float(loss.detach())


def fast_pipeline() -> StableDiffusionXLPipeline:
    """The base with the distilled UNet: four steps, guidance 1."""
    pipeline = base_pipeline()
    pipeline.unet.load_state_dict(load("distil")["mean"])
    pipeline.scheduler = few_steps()
    pipeline.register_to_config(scheduler=("diffusers", "LCMScheduler"))
    return pipeline


def arguments() -> argparse.Namespace:
    """The options of this stage."""
    parser = options("the base in four steps", minutes=15)
    parser.add_argument("--guidance", type=float, default=2.0, help="baked in: the student is called without any")
    parser.add_argument("--pack", action="store_true", help="only write the folder from the last checkpoint")
    return parser.parse_args()


def main() -> None:
    """Trains, and writes ``assets/models/emoji-sdxl/fast``; the averaged UNet is under ``mean`` in ``distil.pt``."""
    given = arguments()
    if not given.pack:
        train(given)
    save(fast_pipeline(), FOLDER)


def train(given: argparse.Namespace) -> None:
    """For the minutes given."""
    torch.manual_seed(4)
    place, count = device(), given.batch or 16
    examples = Examples(random.Random(4), place)
    lesson = Lesson(Teacher(trained_base(examples.side), given.guidance, place), place)
    mean: nn.Module = averaged(lesson.student)
    parts = {"student": lesson.student, "slow": lesson.slow, "mean": mean, "learner": lesson.learner}
    stage = Stage("distil", given, parts)
    while not stage.done:
        latents, texts = examples.batch(count)
        loss = lesson.learn(latents, texts, stage.rate(PEAK, 20), stage.step)
        average(mean, lesson.student, 0.98, stage.step)
        stage.tick({"loss": loss}, count)
    stage.save()


if __name__ == "__main__":
    main()
